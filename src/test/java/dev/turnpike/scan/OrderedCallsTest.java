package dev.turnpike.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderedCallsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Integer> taken = new ArrayList<>();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private Callable<Runnable> call(int number) {
        return () -> () -> taken.add(number);
    }

    private Callable<Runnable> call(int number, CountDownLatch until) {
        return () -> {
            assertThat(until.await(5, TimeUnit.MINUTES)).isTrue();
            return () -> taken.add(number);
        };
    }

    private static List<Integer> numbers(int to) {
        return IntStream.range(0, to).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 16})
    void inWhateverOrderTheyEndTheyAreTakenInOrderAndNoMoreAreMadeAtOnce(int atOnce) {
        OrderedCalls calls = new OrderedCalls(threads, atOnce);
        Semaphore free = new Semaphore(atOnce);
        Random random = new Random(atOnce);
        AtomicInteger tooMany = new AtomicInteger();
        for (int i = 0; i < 500; i++) {
            int number = i;
            int spin = random.nextInt(20_000);
            calls.add(() -> {
                if (!free.tryAcquire()) {
                    tooMany.incrementAndGet();
                    return () -> {};
                }
                for (int step = 0; step < spin; step++) {
                    Thread.onSpinWait();
                }
                free.release();
                return () -> taken.add(number);
            });
            if (i % 20 == 19) {
                calls.take(40);
            }
        }
        calls.take(0);

        assertThat(tooMany).hasValue(0);
        assertThat(taken).isEqualTo(numbers(500));
    }

    @Test
    void aSlowCallHoldsUpNoOtherAndNotItsOwner() {
        OrderedCalls calls = new OrderedCalls(threads, 2);
        CountDownLatch until = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        calls.add(() -> {
            begun.countDown();
            return call(0, until).call();
        });
        await().until(() -> begun.getCount() == 0);
        for (int i = 1; i < 90; i++) {
            calls.add(call(i));
            calls.take(100);
        }

        assertThat(taken).as("in order").isEmpty();
        until.countDown();
        calls.take(0);
        assertThat(taken).isEqualTo(numbers(90));
    }

    @Test
    void theOwnerWaitsForCallsAsLongAsItSaysAndNoLonger() {
        OrderedCalls calls = new OrderedCalls(threads, 2);
        CountDownLatch until = new CountDownLatch(1);
        calls.add(call(0));
        calls.add(call(1));
        calls.takeWithin(Duration.ofMinutes(5));
        assertThat(taken).isEqualTo(numbers(2));

        calls.add(call(2, until));
        calls.add(call(3));
        calls.takeWithin(Duration.ofMillis(1));
        assertThat(taken).isEqualTo(numbers(2));

        until.countDown();
        calls.take(0);
        assertThat(taken).isEqualTo(numbers(4));
    }

    @Test
    void noMoreWaitForASlowOneThanIsSaid() throws Exception {
        CountDownLatch until = new CountDownLatch(1);
        AtomicInteger added = new AtomicInteger();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread owner = new Thread(() -> {
            OrderedCalls calls = new OrderedCalls(threads, 2);
            CountDownLatch begun = new CountDownLatch(1);
            calls.add(() -> {
                begun.countDown();
                return call(0, until).call();
            });
            await().until(() -> begun.getCount() == 0);
            for (int i = 1; i < 500; i++) {
                calls.add(call(i));
                added.set(i);
                calls.take(100);
            }
            calls.take(0);
            done.complete(null);
        });
        owner.start();
        await().until(() -> added.get() >= 100 && owner.getState() == Thread.State.WAITING);

        assertThat(added).hasValue(100);
        until.countDown();
        done.get(5, TimeUnit.MINUTES);
        assertThat(taken).isEqualTo(numbers(500));
    }

    @Test
    void whatComesAfterACallThatFailedIsNeverTaken() {
        OrderedCalls calls = new OrderedCalls(threads, 1);
        AtomicInteger made = new AtomicInteger();
        calls.add(call(0));
        calls.add(() -> {
            throw new IllegalArgumentException("Scripted");
        });
        calls.add(() -> {
            made.incrementAndGet();
            return () -> taken.add(2);
        });
        calls.then(() -> taken.add(3));

        assertThatThrownBy(() -> calls.take(0)).hasMessage("Scripted");
        calls.end();
        assertThat(taken).containsExactly(0);
        assertThat(made).hasValue(0);
    }

    @Test
    void whatIsOverIsTakenAtTheEndAndWhatHasBegunIsWaitedFor() throws Exception {
        OrderedCalls calls = new OrderedCalls(threads, 2);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch until = new CountDownLatch(1);
        calls.add(() -> {
            begun.countDown();
            return call(0, until).call();
        });
        assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
        calls.then(() -> taken.add(1));
        threads.execute(until::countDown);

        calls.end();
        assertThat(taken).containsExactly(0, 1);
    }
}
