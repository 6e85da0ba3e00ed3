import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Codex as far as a poll asks for it: ended tasks, newest first, each with one turn. Pages are made once and kept. */
final class PageServer {
    private static final long NOW = System.currentTimeMillis() / 1000;
    private final ConcurrentHashMap<String, byte[]> pages = new ConcurrentHashMap<>();
    private final AtomicLong lists = new AtomicLong();
    private final AtomicLong firstList = new AtomicLong();
    private volatile int tasks;
    private volatile int added;

    public static void main(String[] arguments) throws IOException {
        PageServer server = new PageServer();
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1024);
        http.setExecutor(Executors.newFixedThreadPool(16));
        http.createContext("/", server::handle);
        http.start();
        System.out.println("ready http://127.0.0.1:" + http.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body;
        if (path.endsWith("/tasks/list")) {
            firstList.compareAndSet(0, System.currentTimeMillis());
            lists.incrementAndGet();
            body = page(exchange.getRequestURI().getQuery());
        } else if (path.endsWith("/turns")) {
            body = turns(path.replaceFirst(".*/tasks/(.*)/turns", "$1"));
        } else if (path.endsWith("/usage")) {
            body = bytes("{'plan_type':'pro','rate_limit':{'allowed':true,'limit_reached':false,'primary_window':"
                    + "{'used_percent':12,'limit_window_seconds':18000,'reset_after_seconds':100,'reset_at':" + (NOW + 100)
                    + "}}}");
        } else if (path.equals("/reset")) {
            pages.clear();
            added = 0;
            tasks = Integer.parseInt(exchange.getRequestURI().getQuery());
            lists.set(0);
            firstList.set(0);
            body = bytes("{}");
        } else if (path.equals("/add")) {
            pages.clear();
            added++;
            body = bytes("{'at':" + System.currentTimeMillis() + "}");
        } else if (path.equals("/seen")) {
            body = bytes(firstList.get() + " " + lists.get());
        } else {
            body = bytes("{'detail':'Not Found'}");
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private byte[] page(String query) {
        int limit = number(query, "limit=", 20);
        int from = number(query, "cursor=", 0);
        return pages.computeIfAbsent(limit + "/" + from, key -> {
            int all = tasks + added;
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
        return String.format(java.util.Locale.ROOT,
                "{'id':'%s','title':'Benchmark task %d','updated_at':%.3f,'created_at':%.3f,'archived':false,"
                        + "'has_unread_turn':false,'pull_requests':[],'task_status_display':{'environment_label':'acme/widgets',"
                        + "'branch_name':'main','latest_turn_status_display':{'turn_id':'%s','turn_status':'completed',"
                        + "'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},'sibling_turn_ids':[]}}}",
                id(number), number, at, at, turn(id(number)));
    }

    /** A second between two tasks of the history; those that were added are of this moment. */
    private double time(int number) {
        return number < tasks ? NOW - (double) (tasks - number) : System.currentTimeMillis() / 1000.0;
    }

    private byte[] turns(String task) {
        double at = time(Integer.parseInt(task.substring(7), 16));
        return bytes(String.format(java.util.Locale.ROOT,
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
