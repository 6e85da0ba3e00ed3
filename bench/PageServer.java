import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Codex as far as a poll asks for it: ended tasks, newest first, each with one turn. Pages are made once and kept. */
final class PageServer {
    private static final long NOW = System.currentTimeMillis() / 1000;
    private final ConcurrentHashMap<String, byte[]> pages = new ConcurrentHashMap<>();
    private final AtomicLong lists = new AtomicLong();
    private final AtomicLong firstList = new AtomicLong();
    /** When the newest of the added tasks was served first, in microseconds. */
    private final AtomicLong newestServed = new AtomicLong();

    private final List<Double> added = new CopyOnWriteArrayList<>();
    private volatile int tasks;

    public static void main(String[] arguments) throws IOException {
        // headers and body are two packets: without this the second waits for the client's delayed acknowledgement
        System.setProperty("sun.net.httpserver.nodelay", "true");
        PageServer server = new PageServer();
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1024);
        http.setExecutor(Executors.newFixedThreadPool(16));
        http.createContext("/", server::handle);
        http.start();
        System.out.println("ready http://127.0.0.1:" + http.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        int status = 200;
        byte[] body;
        boolean newest = false;
        if (path.endsWith("/tasks/list")) {
            String query = exchange.getRequestURI().getQuery();
            newest = !added.isEmpty() && newestServed.get() == 0 && number(query, "cursor=", 0) == 0;
            firstList.compareAndSet(0, System.currentTimeMillis());
            lists.incrementAndGet();
            body = page(query);
        } else if (path.endsWith("/turns")) {
            body = turns(path.replaceFirst(".*/tasks/(.*)/turns", "$1"));
        } else if (path.endsWith("/usage")) {
            body = bytes("{'plan_type':'pro','rate_limit':{'allowed':true,'limit_reached':false,'primary_window':"
                    + "{'used_percent':12,'limit_window_seconds':18000,'reset_after_seconds':18000,'reset_at':"
                    + (NOW + 18000) + "}}}");
        } else if (path.equals("/reset")) {
            reset(Integer.parseInt(exchange.getRequestURI().getQuery()));
            body = bytes("{}");
        } else if (path.equals("/add")) {
            added.add(System.currentTimeMillis() / 1000.0);
            newestServed.set(0);
            pages.clear();
            body = bytes("{}");
        } else if (path.equals("/seen")) {
            body = bytes(firstList.get() + " " + lists.get() + " " + newestServed.get());
        } else {
            status = 404;
            body = bytes("{'detail':'Not Found'}");
        }
        if (newest) {
            Instant now = Instant.now();
            newestServed.compareAndSet(0, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private void reset(int count) {
        tasks = count;
        added.clear();
        pages.clear();
        lists.set(0);
        firstList.set(0);
        newestServed.set(0);
    }

    private byte[] page(String query) {
        int limit = number(query, "limit=", 20);
        int from = number(query, "cursor=", 0);
        int all = tasks + added.size();
        return pages.computeIfAbsent(limit + "/" + from + "/" + all, key -> {
            StringBuilder json = new StringBuilder("{'items':[");
            for (int i = from; i < Math.min(all, from + limit); i++) {
                json.append(i == from ? "" : ",").append(item(all - 1 - i));
            }
            return bytes(json.append("],'cursor':")
                    .append(from + limit < all ? "'" + (from + limit) + "'" : "null")
                    .append('}')
                    .toString());
        });
    }

    private static int number(String query, String name, int otherwise) {
        int at = query == null ? -1 : query.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(query.substring(at + name.length()).replaceFirst("&.*", ""));
    }

    private String item(int number) {
        double at = time(number);
        return String.format(Locale.ROOT,
                "{'id':'%s','title':'Benchmark task %d','updated_at':%.3f,'created_at':%.3f,'archived':false,"
                        + "'has_unread_turn':false,'pull_requests':[],'task_status_display':{'environment_label':'acme/widgets',"
                        + "'branch_name':'main','latest_turn_status_display':{'turn_id':'%s','turn_status':'completed',"
                        + "'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},'sibling_turn_ids':[]}}}",
                id(number), number, at, at, turn(id(number)));
    }

    /** A second between two tasks of the history; those that were added are of that moment. */
    private double time(int number) {
        return number < tasks ? NOW - (double) (tasks - number) : added.get(number - tasks);
    }

    private byte[] turns(String task) {
        double at = time(Integer.parseInt(task.substring(7), 16));
        return bytes(String.format(Locale.ROOT,
                "{'current_turn_id':'%1$s','turn_mapping':{'%1$s':{'id':'%1$s','parent':null,'children':[],'turn':{'id':'%1$s',"
                        + "'role':'assistant','turn_status':'completed','created_at':%2$.3f,'attempt_placement':0}}}}",
                turn(task), at));
    }

    private static String id(int number) {
        return String.format("task_e_%032x", number);
    }

    private static String turn(String task) {
        return task + "~assttrn_e_" + task.substring(7);
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
