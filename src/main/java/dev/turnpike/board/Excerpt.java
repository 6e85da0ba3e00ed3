package dev.turnpike.board;

/** The beginning of a long text. */
final class Excerpt {
    private Excerpt() {}

    /** At most so many characters, cut between whole code points and marked with an ellipsis; null stays null. */
    static String of(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end) + "…";
    }
}
