package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.http.BoundedHttp;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.component.http.HttpClientConfigurer;

/**
 * The host of threads, and the only requests that may go there: four reads. Anything else on that host may load a runtime
 * or change something, so what is not listed here has no address and cannot be sent.
 */
public final class ThreadsBase {
    private static final String ID = "*";

    /** The allowed reads, with the query parameters that each may have. */
    private static final List<Read> READS = List.of(
            Read.of("v1/threads", "limit", "cursor"),
            Read.of("v1/threads/*"),
            Read.of("v2/threads/*/turns", "limit", "cursor", "sortDirection", "itemsView"),
            Read.of("v2/threads/*/items", "limit", "cursor", "sortDirection", "turnId"));

    private record Read(List<String> path, Set<String> parameters) {
        static Read of(String path, String... parameters) {
            return new Read(List.of(path.split("/", -1)), Set.of(parameters));
        }

        private boolean is(CodexRequest request) {
            List<String> requested = request.path();
            return request.isRead()
                    && request.body() == null
                    && requested.size() == path.size()
                    && parameters.containsAll(request.query().keySet())
                    && IntStream.range(0, path.size())
                            .allMatch(i -> path.get(i).equals(ID) || path.get(i).equals(requested.get(i)));
        }
    }

    private final String base;

    private ThreadsBase(String base) {
        this.base = base;
    }

    /**
     * The host that the setting names.
     *
     * @param url value of {@code codex.threads-url}
     */
    public static ThreadsBase of(URI url) {
        return new ThreadsBase(CodexBase.base(url));
    }

    /**
     * Where a read goes, without its query.
     *
     * @throws UpstreamException of kind {@code REJECTED} for a request that is not on the list, which is not sent
     */
    String address(CodexRequest request) {
        if (READS.stream().noneMatch(read -> read.is(request))) {
            throw notSent(request, "it is none of the reads of threads that this program makes");
        }
        return base + "/" + request.path().stream().map(CodexBase::segment).collect(Collectors.joining("/"));
    }

    /**
     * The Codex CLI never calls this host without an account id, or for a FedRAMP account; neither does this program.
     *
     * @throws UpstreamException of kind {@code REJECTED} for such an account
     */
    static void admit(CodexRequest request, Bearer bearer) {
        if (bearer.accountHeader() == null) {
            throw notSent(request, "the credentials name no account id");
        }
        if (bearer.fedramp()) {
            throw notSent(request, "threads of a FedRAMP account are not requested");
        }
    }

    private static UpstreamException notSent(CodexRequest request, String why) {
        return new UpstreamException(
                Kind.REJECTED, 0, null, request.line() + " was not sent to codex.threads-url: " + why, null);
    }

    /** Clients for this host: as the CLI's one call to it, theirs say nothing of who sends them. */
    static HttpClientConfigurer client(BoundedHttp http) {
        return builder -> {
            http.configureHttpClient(builder);
            builder.setUserAgent(null).disableDefaultUserAgent();
        };
    }

    @Override
    public String toString() {
        return base;
    }
}
