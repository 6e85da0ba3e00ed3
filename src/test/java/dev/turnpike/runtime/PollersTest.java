package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.Patience;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class PollersTest {
    private static final int ACCOUNTS = 100;

    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch polled = new CountDownLatch(ACCOUNTS);
    private final Thread timer = Thread.currentThread();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** The accounts that wait for a thread must not be polled by the timer's, which would hand over nobody meanwhile. */
    @Test
    void handingOverNeverWaitsForAPoll() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getExecutorServiceManager().registerThreadPoolProfile(PollingWiring.pollers(ACCOUNTS));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:due")
                            .split(body())
                            .wireTap("direct:poll")
                            .dynamicUri(false)
                            .executorService("pollers");
                    from("direct:poll").process(exchange -> {
                        threads.add(Thread.currentThread());
                        assertThat(Thread.currentThread() == timer || slow.await(Patience.SECONDS, TimeUnit.SECONDS))
                                .isTrue();
                        polled.countDown();
                    });
                }
            });
            context.start();

            List<Integer> due = IntStream.range(0, ACCOUNTS).boxed().toList();
            context.createFluentProducerTemplate()
                    .to("direct:due")
                    .withBody(due)
                    .send();

            assertThat(polled.getCount()).as("polls that have not ended").isEqualTo(ACCOUNTS);
            slow.countDown();
            assertThat(polled.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(threads).doesNotContain(timer).hasSizeLessThanOrEqualTo(4);
        }
    }
}
