package dev.turnpike.commandline.output;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stream for output to a terminal. It prints control and direction characters as JSON escapes, since a title, a diff or
 * an error text from outside could move the cursor or hide content by them.
 */
public final class TerminalOutput extends PrintStream {
    private final PrintStream to;

    /** @param colours whether the sequences that set a colour are printed */
    public TerminalOutput(PrintStream to, boolean colours) {
        super(new Printable(to, colours), true, StandardCharsets.UTF_8);
        this.to = to;
    }

    /** Output for programs, unchanged: a diff must reach {@code git apply} as it is. */
    public PrintStream verbatim() {
        return to;
    }

    @Override
    public boolean checkError() {
        boolean own = super.checkError();
        return to.checkError() || own;
    }

    private static final class Printable extends FilterOutputStream {
        /** A sequence that sets a colour, or one character that must not be printed. */
        private static final Pattern SPECIAL = Pattern.compile("\\u001b\\[[0-9;]{0,16}m|[\\p{Cc}&&[^\\n\\t]]"
                + "|[\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]");

        private static final Pattern BEGUN = Pattern.compile("\\u001b(?:\\[[0-9;]{0,16})?\\z");

        private final CharsetDecoder characters = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final boolean colours;
        /** The beginning of an incomplete character or colour sequence. */
        private byte[] begun = {};

        Printable(OutputStream to, boolean colours) {
            super(to);
            this.colours = colours;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer all = ByteBuffer.allocate(begun.length + length)
                    .put(begun)
                    .put(bytes, offset, length)
                    .flip();
            CharBuffer whole = CharBuffer.allocate(all.remaining());
            characters.reset().decode(all, whole, false);
            String text = whole.flip().toString();
            String later = "";
            Matcher sequence = BEGUN.matcher(text);
            if (colours && sequence.find()) {
                later = text.substring(sequence.start());
                text = text.substring(0, sequence.start());
            }
            byte[] incomplete = later.getBytes(StandardCharsets.UTF_8);
            begun = ByteBuffer.allocate(incomplete.length + all.remaining())
                    .put(incomplete)
                    .put(all)
                    .array();
            out.write(printable(text).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws IOException {
            out.write(printable(new String(begun, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
            begun = new byte[0];
            super.close();
        }

        private String printable(String text) {
            return SPECIAL.matcher(text.replace("\r\n", "\n")).replaceAll(found -> {
                String special = found.group();
                boolean colour = colours && special.length() > 1;
                return Matcher.quoteReplacement(
                        colour ? special : String.format("\\u%04x", (int) special.charAt(0)) + special.substring(1));
            });
        }
    }
}
