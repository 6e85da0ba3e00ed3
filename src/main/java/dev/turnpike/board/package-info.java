/**
 * The board: one page that shows what the public topics say. It reads them like any other consumer, and only while somebody
 * has it open, so that a runtime that nobody watches pays nothing for it.
 */
package dev.turnpike.board;
