/** When something that failed is tried again. */
package dev.turnpike.retry;
