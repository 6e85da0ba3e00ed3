package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Patience;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.sandbox.Requests;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Kills a runtime at chosen moments of its attempts at commands, and finds out which attempts each kill has cut. Looks
 * on while the stand-in answers, and has it wait where the kill is to come first.
 */
final class AttemptKills implements Requests.Observer {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Faults by which a request is certain to have been refused, so that it may be made again. */
    private static final Set<Fault> REFUSALS =
            EnumSet.of(Fault.CHALLENGE, Fault.FORBIDDEN, Fault.RATE_LIMITED, Fault.RATE_LIMITED_RETRY_AFTER);

    private final RestartedRuntime runtime;
    private final CommandSender sender;
    private final Watched watched;
    private final Map<String, List<Post>> posts = new HashMap<>();
    private final Map<String, Phase> cut = new HashMap<>();
    private int kills;
    private int cutting;
    private volatile Aim aim;

    AttemptKills(RestartedRuntime runtime, CommandSender sender, Watched watched) {
        this.runtime = runtime;
        this.sender = sender;
        this.watched = watched;
    }

    /** How far an attempt has come; a kill is aimed at one, and cuts it. */
    enum Phase {
        /** It is written down, or about to be, and no request is there. */
        WRITTEN,
        /** The request is there, and nothing has come of it. */
        ARRIVED,
        /** The task is there, and the reply is not out. */
        DONE,
        /** The reply is out, and is not written down. */
        REPLIED
    }

    /** A request for a new task. */
    private static final class Post {
        private Phase phase = Phase.ARRIVED;
        private Fault fault;

        private boolean isRefused() {
            return fault != null && REFUSALS.contains(fault);
        }

        @Override
        public String toString() {
            return fault == null ? phase.name() : phase + " " + fault;
        }
    }

    /** What is waited for: the first attempt that comes so far after others did. */
    private static final class Aim {
        private final Phase phase;
        private final AtomicInteger others;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch killed = new CountDownLatch(1);

        private Aim(Phase phase, int others) {
            this.phase = phase;
            this.others = new AtomicInteger(others);
        }

        private void reached(Phase come) {
            if (phase == come && others.getAndDecrement() == 0) {
                reached.countDown();
                if (phase == Phase.ARRIVED || phase == Phase.DONE) {
                    await(killed);
                }
            }
        }
    }

    @Override
    public void arrived(SandboxEndpoint endpoint, String body) {
        if (endpoint == SandboxEndpoint.CREATE) {
            Post post = new Post();
            synchronized (this) {
                posts.computeIfAbsent(prompt(body), missing -> new ArrayList<>())
                        .add(post);
            }
            reached(Phase.ARRIVED);
        }
    }

    @Override
    public void answered(SandboxEndpoint endpoint, String body, Fault fault) {
        if (endpoint == SandboxEndpoint.CREATE) {
            Post post = last(prompt(body));
            comes(post, Phase.DONE, fault);
            comes(post, Phase.REPLIED, fault);
        }
    }

    private void comes(Post post, Phase phase, Fault fault) {
        synchronized (this) {
            post.phase = phase;
            post.fault = fault;
        }
        if (fault == null) {
            reached(phase);
        }
    }

    private void reached(Phase phase) {
        Aim now = aim;
        if (now != null) {
            now.reached(phase);
        }
    }

    private synchronized Post last(String prompt) {
        List<Post> own = posts.get(prompt);
        return own.get(own.size() - 1);
    }

    private static String prompt(String body) {
        try {
            return JSON.readTree(body).at("/input_items/0/content/0/text").asText();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not the body of a new task: " + body, e);
        }
    }

    /** What has commands sent. */
    @FunctionalInterface
    interface Sending {
        void send() throws Exception;
    }

    /**
     * Has commands sent, and kills the runtime when one of them comes so far.
     *
     * @param others so many of them come so far before it
     * @param millis from a reply to the kill
     */
    void kill(Phase phase, int others, int millis, Sending commands) throws Exception {
        Aim now = new Aim(phase, others);
        aim = now;
        try (KafkaConsumer<String, byte[]> log = watched.clients().committedReader()) {
            seekToEnd(log);
            commands.send();
            if (phase == Phase.WRITTEN) {
                awaitWritten(log, now);
            }
            assertThat(now.reached.await(Patience.SECONDS, TimeUnit.SECONDS))
                    .as("an attempt came as far as %s", phase)
                    .isTrue();
            if (phase == Phase.REPLIED) {
                now.killed.await(millis, TimeUnit.MILLISECONDS);
            }
            runtime.kill();
        }
        Map<String, Phase> open = open();
        aim = null;
        now.killed.countDown();
        count(open);
        assertNoneRepeated();
    }

    private void seekToEnd(KafkaConsumer<String, byte[]> log) {
        List<TopicPartition> partitions = log.partitionsFor(watched.prefix() + "command-log").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        log.assign(partitions);
        log.seekToEnd(partitions);
        partitions.forEach(log::position);
    }

    private static void awaitWritten(KafkaConsumer<String, byte[]> log, Aim now) {
        long end = System.nanoTime() + Patience.LONGEST.toNanos();
        while (now.reached.getCount() > 0 && System.nanoTime() < end) {
            for (ConsumerRecord<String, byte[]> message : log.poll(Duration.ofMillis(100))) {
                if (TurnsTopic.json(message).path("stage").asText().equals("ATTEMPTING")) {
                    now.reached(Phase.WRITTEN);
                }
            }
        }
    }

    /** Each prompt whose last request was not answered by something that is looked into anyway. */
    private synchronized Map<String, Phase> open() {
        Map<String, Phase> open = new HashMap<>();
        posts.keySet().forEach(prompt -> {
            Post post = last(prompt);
            if (post.phase != Phase.REPLIED || post.fault == null || post.isRefused()) {
                open.put(prompt, post.phase);
            }
        });
        return open;
    }

    /** Takes note of what is attempted while its instance is cut off from Kafka. */
    synchronized void noteCut() {
        note(open());
    }

    /** A command was answered in a cut: where no request was made, its instance was cut off with the attempt written. */
    synchronized void noteUnsent(String prompt) {
        if (!posts.containsKey(prompt)) {
            cut.putIfAbsent(prompt, Phase.WRITTEN);
        }
    }

    private synchronized void count(Map<String, Phase> open) {
        int before = cut.size();
        note(open);
        kills++;
        cutting += cut.size() > before ? 1 : 0;
    }

    private void note(Map<String, Phase> open) {
        for (String command : sender.attempting()) {
            String prompt = CommandCrashIT.prompt(command);
            if (!posts.containsKey(prompt)) {
                cut.putIfAbsent(prompt, Phase.WRITTEN);
            } else if (open.containsKey(prompt)) {
                cut.putIfAbsent(prompt, open.get(prompt));
            }
        }
    }

    int kills() {
        return kills;
    }

    /** How many kills have cut an attempt. */
    int cutting() {
        return cutting;
    }

    /** How many attempts were cut when they had come so far. */
    long cut(Phase phase) {
        return cut.values().stream().filter(phase::equals).count();
    }

    boolean isCut(String prompt) {
        return cut.containsKey(prompt);
    }

    synchronized int posts() {
        return posts.values().stream().mapToInt(List::size).sum();
    }

    /** The fault with which the last request with this prompt was answered, null when it was answered well or not made. */
    synchronized Fault lastFault(String prompt) {
        return posts.containsKey(prompt) ? last(prompt).fault : null;
    }

    /** What was made of a command's requests, and how far a cut one had come. */
    synchronized String story(String prompt) {
        return "requests " + posts.getOrDefault(prompt, List.of()) + " cut " + cut.get(prompt);
    }

    /** A request is made again only after one that was refused. */
    synchronized void assertNoneRepeated() {
        assertThat(posts)
                .as("requests made again though the first may have been carried out")
                .allSatisfy((prompt, own) ->
                        assertThat(own.subList(0, own.size() - 1)).as(prompt).allMatch(Post::isRefused));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
