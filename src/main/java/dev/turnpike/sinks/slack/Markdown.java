package dev.turnpike.sinks.slack;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.strikethrough.Strikethrough;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;

/**
 * Converts Markdown to Slack's mrkdwn: bold, emphasis and strikethrough with Slack's marks, code and fences unchanged,
 * everything escaped, and open marks of a truncated text closed. Slack recognises a mark only next to a blank, ASCII
 * punctuation or a zero-width space, and not within another of its kind.
 */
final class Markdown {
    private static final Parser PARSER = Parser.builder()
            .extensions(List.of(
                    StrikethroughExtension.builder().requireTwoTildes(true).build()))
            .customInlineContentParserFactory(new AddressParser())
            .build();
    private static final String CUT = "…";
    private static final String ZERO_WIDTH_SPACE = "\u200b";

    /**
     * A mark that CommonMark does not recognise, since punctuation is on one side of it and, in scripts without blanks,
     * a letter on the other.
     */
    private static final Pattern UNSEEN = Pattern.compile(
            "(?<=[\\p{P}\\p{S}&&\\P{ASCII}])(?=\\*+[\\p{L}\\p{N}])|(?<=[\\p{L}\\p{N}]\\*{1,3})(?=[\\p{P}\\p{S}&&\\P{ASCII}])"
                    + "|(?<=[\\p{P}\\p{S}&&[^*]])(?=\\*+[\\p{L}&&\\P{ASCII}])|(?<=[\\p{L}&&\\P{ASCII}]\\*{1,3})(?=[\\p{P}\\p{S}&&[^*]])");

    /** A blank in CommonMark, next to which it sees no mark. */
    private static final String BLANK = "\u205f";

    /** Asterisks of globs, of media types and of the end of a comment. */
    private static final Pattern GLOB = Pattern.compile("(?<!\\\\)(?:(?<=/)\\*+(?=/)|(?<=[/_.-])\\*(?=[/_.-])"
            + "|(?<![\\w)*])\\*+(?=/([*\\s]|$))|(?<=(?<![\\w*)])\\*{1,2}/)\\*+"
            + "|(?<=(?<![^\\s(])[^\\s*]{1,100}/)\\*+(?=[,;])|(?<!\\*)\\*(?=\\.\\w)"
            + "|\\*\\*(?=/[^*\\n]*/\\*\\*(?!\\w)))");

    /** Before the end of what is bold with a word after it, as models write {@code **Status:**OK}. */
    private static final Pattern BEFORE_WORD =
            Pattern.compile("(?=\\*\\*\\w)(?<=(?<![^\\s>])\\*\\*[^\\s*][^*\\n]{0,200}[:.!?)\"'%])");

    /** Powers such as {@code 2**10}. */
    private static final Pattern POWER = Pattern.compile("(?<=[A-Za-z0-9)\\]])\\*+(?=\\d)");

    /** Within the last of a word's asterisks, which end what is bold and begin nothing: {@code x**n} and {@code **x**n}. */
    private static final Pattern WITHIN_WORD =
            Pattern.compile("(?<=[A-Za-z0-9)\\]]\\*{1,3})(?=[A-Za-z][^\\s*]*(?:\\s|$))");

    /**
     * The first of a pair of marks in literal text that Slack would take for its own. It has no escapes, but a mark
     * before a zero-width space opens nothing. An address, which a mark is a part of, is read as a whole.
     */
    private static final Pattern LITERAL_PAIR = Pattern.compile(
            "(?i)https?://\\S+|(?<![\\p{L}\\p{N}*_~])(\\*++|_++|~++)(?=[^\\s*_~]([^\\n]*?[^\\s*_~])?\\1(?![\\p{L}\\p{N}*_~]))");

    /** Names of files, methods and folders between what else is on the line. */
    private static final Pattern UNDERLINED = Pattern.compile(
            ".*__(init|main|name|file|all|call|str|repr|dict|pycache|tests|mocks|snapshots|fixtures)__.*"
                    + "|.*[/.]__\\w+__.*|.*__\\w+__(/|\\(|\\.\\w).*");

    private static final int LONGEST_NAME = 64;

    /** Room for the marks that close what is open at the end. */
    private static final int CLOSING = 16;

    /** Nodes within nodes: a line of thousands of quotation marks is as many quotations, and the stack has an end. */
    private static final int DEEPEST = 100;

    private final StringBuilder out = new StringBuilder();
    private final int max;
    private int depth;
    private boolean full;
    /** Begins each line of a quotation. */
    private String margin = "";
    /** The marks that are open. */
    private String open = "";
    /** Whether a mark was just closed, next to which no letter may be. */
    private boolean closed;

    private Markdown(int max) {
        this.max = max;
    }

    /** The first lines of a longer text, at most that many characters of what is sent. */
    static String beginning(String text, int lines, int max) {
        String bounded = text.strip();
        String[] all = (bounded.length() > 4 * max ? bounded.substring(0, 4 * max) : bounded).split("\\R", lines + 1);
        boolean cut = all.length > lines;
        String first = String.join("\n", Arrays.asList(all).subList(0, Math.min(lines, all.length)));
        Markdown rendered = new Markdown(max - CLOSING);
        rendered.children(PARSER.parse(readable(first)));
        String mrkdwn = rendered.out.toString().strip();
        if (mrkdwn.isEmpty()) {
            // only definitions of links, for example: Slack rejects a section without text
            return SlackText.beginning(text, lines, max);
        }
        return cut && !rendered.full ? mrkdwn + "\n" + CUT : mrkdwn;
    }

    /** With what makes CommonMark see the marks that are meant, and no other ones. */
    private static String readable(String text) {
        String ended = BEFORE_WORD.matcher(text).replaceAll(ZERO_WIDTH_SPACE);
        String seen = UNSEEN.matcher(ended).replaceAll(ZERO_WIDTH_SPACE);
        String none = BLANK + "$0" + BLANK;
        String powers = POWER.matcher(GLOB.matcher(seen).replaceAll(none)).replaceAll(none);
        return WITHIN_WORD.matcher(powers).replaceAll(BLANK);
    }

    private static String plain(String text) {
        return text.replace(ZERO_WIDTH_SPACE, "").replace(BLANK, "");
    }

    private void children(Node node) {
        if (depth == DEEPEST) {
            out.append(CUT);
            full = true;
        }
        depth++;
        for (Node child = node.getFirstChild(); child != null && !full; child = child.getNext()) {
            render(child);
        }
        depth--;
    }

    private void render(Node node) {
        if (node instanceof Text text) {
            literal(plain(text.getLiteral()));
        } else if (node instanceof SoftLineBreak || node instanceof HardLineBreak) {
            lineBreak();
        } else if (node instanceof StrongEmphasis strong) {
            strong(strong);
        } else if (node instanceof Emphasis) {
            around("_", node);
        } else if (node instanceof Strikethrough) {
            around("~", node);
        } else if (node instanceof Code code) {
            String outside = begin("`");
            append(code.getLiteral().replace('`', '\''));
            end("`", outside);
        } else if (node instanceof Link link) {
            link(link, link.getDestination());
        } else if (node instanceof Image image) {
            link(image, image.getDestination());
        } else if (node instanceof HtmlInline html) {
            if (html.getLiteral().matches("(?i)<br\\s*/?>")) {
                lineBreak();
            } else {
                append(html.getLiteral());
            }
        } else {
            block(node);
        }
    }

    private void block(Node node) {
        if (!out.isEmpty() && node.getPrevious() != null) {
            append("\n");
        }
        if (node instanceof FencedCodeBlock fence) {
            code(fence.getLiteral());
        } else if (node instanceof IndentedCodeBlock code) {
            code(code.getLiteral());
        } else if (node instanceof HtmlBlock html) {
            append(html.getLiteral());
        } else if (node instanceof Heading) {
            around("*", node);
        } else if (node instanceof ThematicBreak) {
            append("———");
        } else if (node instanceof BlockQuote) {
            String outside = margin;
            margin += "> ";
            out.append("> ");
            children(node);
            margin = outside;
        } else if (node instanceof ListItem item) {
            append("    ".repeat(depth(item)) + mark(item));
            children(node);
        } else {
            children(node);
        }
    }

    private static int depth(ListItem item) {
        int depth = 0;
        for (Node above = item.getParent().getParent(); above != null; above = above.getParent()) {
            depth += above instanceof ListItem ? 1 : 0;
        }
        return depth;
    }

    private static String mark(ListItem item) {
        if (!(item.getParent() instanceof OrderedList list)) {
            return "• ";
        }
        int number = list.getMarkerStartNumber() == null ? 1 : list.getMarkerStartNumber();
        for (Node before = item.getPrevious(); before != null; before = before.getPrevious()) {
            number++;
        }
        return number + ". ";
    }

    /** A pair of marks that Slack recognises is on one line. */
    private void lineBreak() {
        out.append(new StringBuilder(open).reverse());
        append("\n");
        out.append(full ? "" : open);
    }

    /** Bold, but for names such as {@code __init__.py} and {@code src/__helpers__/x}. */
    private void strong(StrongEmphasis node) {
        if (node.getOpeningDelimiter().equals("__")
                && node.getFirstChild() instanceof Text text
                && text.getNext() == null
                && UNDERLINED
                        .matcher(edge(node.getPrevious(), true) + "__" + text.getLiteral() + "__"
                                + edge(node.getNext(), false))
                        .matches()) {
            literal("__" + text.getLiteral() + "__");
        } else {
            around("*", node);
        }
    }

    /** As much of the text next to a mark as a name has, on the side of the mark. */
    private static String edge(Node beside, boolean before) {
        String text = beside instanceof Text literal ? plain(literal.getLiteral()) : "";
        int rest = Math.max(0, text.length() - LONGEST_NAME);
        return before ? text.substring(rest) : text.substring(0, text.length() - rest);
    }

    private void around(String mark, Node node) {
        if (open.contains(mark)) {
            children(node);
            return;
        }
        String outside = begin(mark);
        children(node);
        end(mark, outside);
    }

    /** Opens a mark, and returns what was open before. */
    private String begin(String mark) {
        part(out.isEmpty() ? ' ' : out.codePointBefore(out.length()));
        out.append(mark);
        String outside = open;
        open += mark;
        closed = false;
        return outside;
    }

    private void end(String mark, String outside) {
        out.append(mark);
        open = outside;
        closed = true;
    }

    /** Separates a mark from a letter next to it. */
    private void part(int neighbour) {
        if (Character.isLetterOrDigit(neighbour) || (neighbour > 127 && !Character.isWhitespace(neighbour))) {
            out.append(ZERO_WIDTH_SPACE);
        }
    }

    /** A code block, closed also where it is cut. */
    private void code(String text) {
        out.append("```\n").append(margin);
        append(text.replace("```", "'''"));
        out.append(full ? "\n```" : "```");
    }

    /** Text in which nothing is a mark, or the beginning of a quotation. */
    private void literal(String text) {
        boolean begins = out.isEmpty() || out.toString().endsWith("\n" + margin);
        String quotable = begins && text.startsWith(">") ? ZERO_WIDTH_SPACE + text : text;
        write(LITERAL_PAIR
                .matcher(quotable)
                .replaceAll(pair -> Matcher.quoteReplacement(
                        pair.group(1) == null ? pair.group() : pair.group(1) + ZERO_WIDTH_SPACE)));
    }

    /** Link with its full address, which the label alone could hide. */
    private void link(Node node, String target) {
        String destination = plain(target).replaceFirst("(?i)^mailto:", "");
        int before = out.length();
        children(node);
        if (!out.substring(before).equals(SlackText.escaped(destination, max))) {
            append(" (" + destination + ")");
        }
    }

    /** As much of the text as fits. */
    private void append(String text) {
        write(plain(text));
    }

    private void write(String text) {
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length && !full; i++) {
            if (closed) {
                part(points[i]);
                closed = false;
            }
            String next = SlackText.escape(points[i]).replace("\n", "\n" + margin);
            if (out.length() + next.length() > max) {
                out.append(CUT);
                full = true;
            } else {
                out.append(next);
            }
        }
    }
}
