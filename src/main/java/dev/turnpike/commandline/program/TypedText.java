package dev.turnpike.commandline.program;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads a text as a terminal of today sends it, in UTF-8, though the locale is one of ISO 8859 or of Windows and the
 * JVM has read each byte as a letter. Not for paths: a file is found by the letters that the JVM has read.
 */
public final class TypedText implements ITypeConverter<String> {
    /** Where letters have several bytes, or in Thai, words are UTF-8 by accident. */
    private static final Pattern RESTORABLE = Pattern.compile("ISO-8859-\\d+|windows-125\\d");

    @Override
    public String convert(String text) {
        return of(text);
    }

    /** The text, unchanged where its bytes are no UTF-8 or the locale is another. */
    public static String of(String text) {
        return of(text, Charset.forName(System.getProperty("sun.jnu.encoding")));
    }

    static String of(String text, Charset locale) {
        if (!RESTORABLE.matcher(locale.name()).matches()) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(locale.newEncoder().encode(CharBuffer.wrap(text)))
                    .toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }
}
