package dev.turnpike.sinks.slack;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.beta.InlineContentParser;
import org.commonmark.parser.beta.InlineContentParserFactory;
import org.commonmark.parser.beta.InlineParserState;
import org.commonmark.parser.beta.ParsedInline;
import org.commonmark.parser.beta.Position;
import org.commonmark.parser.beta.Scanner;

/**
 * Reads addresses in Markdown before their marks are: nothing within a bare one is a mark, and links as Slack has them,
 * which models write as well, are no addresses with their label in them.
 */
final class AddressParser implements InlineContentParserFactory, InlineContentParser {
    /** Up to what ends a sentence or closes a mark. */
    private static final Pattern BARE =
            Pattern.compile("(?i)https?://[^\\s<>\\[\\]|`\"*\\\\]*[^\\s<>\\[\\]|`\"*\\\\_~?!.,:;')]");

    private static final Pattern OF_SLACK = Pattern.compile("(?i)<((?:https?://|mailto:)[^\\s<>|]+)\\|([^<>]*)>");

    @Override
    public Set<Character> getTriggerCharacters() {
        return Set.of('h', 'H', '<');
    }

    @Override
    public InlineContentParser create() {
        return this;
    }

    @Override
    public ParsedInline tryParse(InlineParserState state) {
        Scanner scanner = state.scanner();
        Position start = scanner.position();
        if (scanner.find('\n') < 0) {
            // the last line
            while (scanner.hasNext()) {
                scanner.next();
            }
        }
        String line = scanner.getSource(start, scanner.position()).getContent();
        Matcher found = (line.startsWith("<") ? OF_SLACK : BARE).matcher(line);
        if (!found.lookingAt()) {
            return ParsedInline.none();
        }
        scanner.setPosition(start);
        for (int read = 0; read < found.end(); read++) {
            scanner.next();
        }
        return ParsedInline.of(node(found), scanner.position());
    }

    private static Node node(Matcher found) {
        if (found.groupCount() == 0) {
            return new Text(plain(found.group()));
        }
        Link link = new Link(plain(found.group(1)), null);
        link.appendChild(new Text(plain(found.group(2).isBlank() ? found.group(1) : found.group(2))));
        return link;
    }

    /** Without the one escape that addresses have. */
    private static String plain(String text) {
        return text.replace("&amp;", "&");
    }
}
