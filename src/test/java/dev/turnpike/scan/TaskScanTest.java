package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.Source;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.ShardInMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scans of scripted lists of pages, driven the way the route drives them. */
class TaskScanTest {
    private static final String ACCOUNT = CredentialsForTests.ALICE.account();
    private static final Duration BUDGET = Duration.ofSeconds(11);

    private final MovableClock clock = new MovableClock(at(0));
    private final ShardInMemory shard = new ShardInMemory();
    private final SignInSlot slot =
            new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));
    private final List<String> drift = new ArrayList<>();
    private final Map<String, String> pages = new HashMap<>();
    private final TaskPolls polls = polls(false, true);
    private Duration perPage = Duration.ZERO;

    private TaskPolls polls(boolean fromBeginning, boolean details) {
        return polls(
                fromBeginning,
                details,
                request -> new CodexClient.Reply(Replies.json("{\"turn_mapping\":{}}"), null),
                TaskListener.NONE);
    }

    private TaskPolls polls(boolean fromBeginning, boolean details, CodexClient codex, TaskListener listener) {
        return ScriptedPolls.context(
                new ScanSettings(
                        20,
                        Duration.ofHours(1),
                        Duration.ofDays(30),
                        fromBeginning,
                        details,
                        BUDGET,
                        1,
                        Duration.ofMinutes(1)),
                codex,
                Executors.newCachedThreadPool(),
                listener,
                drift::add,
                new ScanMemories(),
                clock);
    }

    /** One scan of the scripted pages; returns the cursors it asked for, "" for the first page. */
    private List<String> scan() {
        return scan(List.of());
    }

    /** @param refused cursors at which upstream fails */
    private List<String> scan(List<String> refused) {
        return scan(refused, Kind.REJECTED);
    }

    private List<String> scan(List<String> refused, Kind kind) {
        List<String> asked = new ArrayList<>();
        TaskScan scan = new TaskScan(account(), polls);
        try {
            pages(scan, asked, refused, kind);
            scan.olderPages();
            pages(scan, asked, refused, kind);
            publish(scan);
            scan.finish();
        } catch (UpstreamException e) {
            scan.abort();
        }
        clock.move(Duration.ofSeconds(15));
        return asked;
    }

    private void pages(TaskScan scan, List<String> asked, List<String> refused, Kind kind) {
        while (scan.isMore()) {
            String cursor = scan.getPageRequest().query().getOrDefault("cursor", "");
            asked.add(cursor);
            clock.move(perPage);
            try {
                if (refused.contains(cursor)) {
                    throw ScriptedCodex.failure(kind, null);
                }
                take(scan, pages.get(cursor), scan.known == null ? at(0) : at(1_000_000));
            } catch (UpstreamException e) {
                scan.pageFailed(e);
            }
            if (scan.isPublishDue()) {
                publish(scan);
            }
        }
    }

    private static void take(TaskScan scan, String json, Instant date) {
        for (JsonNode item : scan.arrived(Replies.json(json), date).items()) {
            TaskUpdate update = scan.compare(item);
            if (update != null) {
                scan.fetch(update);
            }
        }
        scan.pageDone();
    }

    private void publish(TaskScan scan) {
        shard.publish(scan.takeProposals());
    }

    private WatchedAccount account() {
        return account(slot);
    }

    private WatchedAccount account(SignInSlot signIn) {
        return new WatchedAccount(CredentialsForTests.ALICE, shard, signIn, PollKind.TASKS, clock.instant());
    }

    private KnownAccount known() {
        return shard.read(state -> Source.TASKS.account(state, ACCOUNT));
    }

    private static String task(String id, long updated) {
        return item(id, id + "~a", "completed", -100_000, updated);
    }

    /** First contact with a short history is made, and its sweep is not due for an hour. */
    @BeforeEach
    void makeFirstContact() {
        pages.put("", page(null, task("old", -1000)));
        assertThat(scan()).containsExactly("");
        assertThat(known().historyDone()).isTrue();
        assertThat(known().watermark()).isEqualTo(at(-1000));
        scan();
    }

    @Test
    void itGoesDownUntilItIsBehindTheWatermarkAndMovesItToTheNewestOfTheFirstPage() {
        pages.put("", page("c1", task("e", 500), task("d", 400)));
        pages.put("c1", page("c2", task("c", 300), task("b", 200)));
        pages.put("c2", page("c3", task("a", 100), task("old", -1200)));

        assertThat(scan()).containsExactly("", "c1", "c2");
        assertThat(known().watermark()).isEqualTo(at(500));
        assertThat(scan()).as("the next one").containsExactly("", "c1");
    }

    @Test
    void itGoesTwoMinutesFurtherThanTheWatermark() {
        pages.put("", page("c1", task("b", -990), task("a", -1119)));
        pages.put("c1", page("c2", task("old", -1121)));

        assertThat(scan()).containsExactly("", "c1");
    }

    @Test
    void whatMovesUpWhileItReadsDoesNotMoveTheWatermark() {
        pages.put("", page("c1", task("b", 100)));
        // moved after the first page was read, and shown on the second by an odd cursor
        pages.put("c1", page(null, task("a", 90), task("moved", 200)));

        scan();

        assertThat(known().watermark()).isEqualTo(at(100));
    }

    @Test
    void aTaskThatSlippedDownAPageIsNotOutOfOrder() {
        pages.put("", page("c1", task("b", 100), task("a", 50)));
        pages.put("c1", page("c2", task("a", 50), task("old", -5000)));

        assertThat(scan()).containsExactly("", "c1");
        assertThat(drift).isEmpty();
    }

    @Test
    void aPageOutOfOrderMakesItAFullScanAndCountsAsDriftOnce() {
        pages.put("", page("c1", task("a", -5000), task("b", 100)));
        pages.put("c1", page("c2", task("old", -6000)));
        pages.put("c2", page(null, task("older", -7000)));

        assertThat(scan()).containsExactly("", "c1", "c2");
        assertThat(drift).containsExactly("list-order");
        assertThat(known().watermark()).isEqualTo(at(100));
    }

    @Test
    void aTaskWithoutATimeMakesItAFullScanToo() {
        pages.put("", page("c1", task("b", 100), "{'id':'a'}".replace('\'', '"'), task("old", -5000)));
        pages.put("c1", page(null, task("older", -7000)));

        assertThat(scan()).containsExactly("", "c1");
        assertThat(drift).contains("list-order");
    }

    @Test
    void anAbortedScanMovesNothingButWhatItFoundIsKept() {
        pages.put("", page("c1", task("b", 100)));

        assertThat(scan(List.of("c1"))).containsExactly("", "c1");

        assertThat(known().watermark()).isEqualTo(at(-1000));
        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "b"))).isNotNull();
    }

    @Test
    void aRepeatedCursorEndsItAndMovesNothing() {
        pages.put("", page("c1", task("b", 100)));
        pages.put("c1", page("c1", task("a", 50)));

        assertThat(scan()).containsExactly("", "c1");

        assertThat(drift).containsExactly("repeated-cursor");
        assertThat(known().watermark()).isEqualTo(at(-1000));
    }

    @Test
    void pagesWithoutEndAreCutOff() {
        for (int i = 0; i < 1100; i++) {
            pages.put(i == 0 ? "" : "c" + i, page("c" + (i + 1), task("t" + i, 5000 - i)));
        }

        assertThat(scan()).hasSize(1000);
        assertThat(known().watermark()).isEqualTo(at(-1000));
    }

    @Test
    void aMalformedItemHoldsTheWatermarkBackForTenScans() {
        pages.put("", page(null, task("b", 100), "{}"));
        for (int i = 0; i < 9; i++) {
            scan();
            assertThat(known().watermark()).isEqualTo(at(-1000));
        }

        scan();

        assertThat(known().watermark()).isEqualTo(at(100));
    }

    @Test
    void theSweepReadsAPageAtEachScanUntilTheEndAndBeginsAnewAfterItsInterval() {
        pages.put("", page("c1", task("a", -5000)));
        pages.put("c1", page("c2", task("b", -6000)));
        pages.put("c2", page("c3", task("c", -7000)));
        pages.put("c3", page(null, task("d", -8000)));
        assertThat(scan()).containsExactly("");
        clock.move(Duration.ofHours(1));

        assertThat(scan()).containsExactly("", "c1");
        assertThat(scan()).containsExactly("", "c2");
        assertThat(scan()).containsExactly("", "c3");
        assertThat(scan()).containsExactly("");
        clock.move(Duration.ofHours(1));
        assertThat(scan()).containsExactly("", "c1");
    }

    @Test
    void theSweepFindsWhatTheWayDownCannotSee() {
        pages.put("", page("c1", task("a", -5000)));
        pages.put("c1", page(null, item("b", "b~a", "in_progress", -7000, -6000)));
        clock.move(Duration.ofHours(1));

        scan();

        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "b"))).isNotNull();
    }

    @Test
    void theSweepGoesNoFurtherBackThanItsAge() {
        long month = Duration.ofDays(31).toSeconds();
        pages.put("", page("c1", task("a", -5000)));
        pages.put("c1", page("c2", task("b", -month)));
        clock.move(Duration.ofHours(1));

        assertThat(scan()).containsExactly("", "c1");
        assertThat(scan()).containsExactly("");
    }

    @Test
    void aSweepInACircleEnds() {
        pages.put("", page("c1", task("a", -5000)));
        pages.put("c1", page("c2", task("b", -6000)));
        pages.put("c2", page("c1", task("c", -7000)));
        clock.move(Duration.ofHours(1));

        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            asked.addAll(scan());
        }

        assertThat(asked).filteredOn(cursor -> !cursor.isEmpty()).hasSizeLessThan(5);
    }

    @Test
    void aSweepWhosePageFailsGoesOnThereAndOneThatIsRefusedWaitsForTheNextRound() {
        pages.put("", page("c1", task("a", -5000)));
        pages.put("c1", page("c2", task("b", -6000)));
        pages.put("c2", page("c3", task("c", -7000)));
        clock.move(Duration.ofHours(1));
        assertThat(scan()).containsExactly("", "c1");

        shard.beforePublish(() -> {
            throw ScriptedCodex.failure(Kind.SERVER_ERROR, null);
        });
        assertThat(scan()).containsExactly("", "c2");
        shard.beforePublish(() -> {});
        assertThat(scan(List.of("c2"))).containsExactly("", "c2");

        assertThat(scan()).containsExactly("");
        clock.move(Duration.ofHours(1));
        assertThat(scan()).containsExactly("", "c1");
    }

    @Test
    void theHistoryIsRecordedTenPagesAtATimeInOneTransactionAndGoesOnAfterARestart() {
        shard.forget();
        history(25);

        assertThat(scan()).hasSize(11).endsWith("h10");
        assertThat(known().historyDone()).isFalse();
        assertThat(shard.transactions())
                .as("contact, the new pages, the history")
                .isEqualTo(3);
        SignInSlot restarted =
                new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));
        TaskScan scan = new TaskScan(account(restarted), polls);
        assertThat(scan.known).isNotNull();
        assertThat(scan()).containsExactly("", "h11", "h12", "h13", "h14", "h15", "h16", "h17", "h18", "h19", "h20");
        assertThat(scan()).containsExactly("", "h21", "h22", "h23", "h24");

        assertThat(known().historyDone()).isTrue();
        assertThat(shard.published("task.snapshot")).hasSize(26);
        assertThat(shard.turns()).isEmpty();
    }

    private void history(int length) {
        perPage = Duration.ofSeconds(1);
        for (int i = 0; i < length; i++) {
            String next = i + 1 < length ? "h" + (i + 1) : null;
            pages.put(i == 0 ? "" : "h" + i, page(next, task("t" + i, -1000 - 500L * i)));
        }
        pages.put("", page("h1", task("t0", -1000), task("below", -1200)));
    }

    @Test
    void aHistoryInACircleEndsInTheEnd() {
        shard.forget();
        history(25);
        pages.put("h24", page("h3", task("t24", -90_000)));

        int polls = 0;
        while (!known(polls).historyDone()) {
            polls++;
            scan();
            assertThat(polls).isLessThan(200);
        }

        assertThat(shard.published("task.snapshot")).hasSize(26);
    }

    private KnownAccount known(int polls) {
        return polls == 0 ? KnownAccount.firstContact(at(0), false, null) : known();
    }

    @Test
    void aHistoryWhoseCursorIsRefusedBeginsAnew() {
        shard.forget();
        history(15);
        scan();
        assertThat(known().historyCursor()).isEqualTo("h11");

        assertThat(scan(List.of("h11"))).containsExactly("", "h11");
        assertThat(known().historyCursor()).isNull();
        assertThat(scan()).hasSize(11).startsWith("", "h1");
    }

    @Test
    void aWayDownThatIsCutLeavesTheHistoryForLater() {
        shard.forget();
        pages.put("", page("x", task("a", 100)));
        pages.put("x", page("x", task("b", 90)));

        scan();

        assertThat(known().historyDone()).isFalse();
        history(3);
        scan();
        assertThat(known().historyDone()).isTrue();
        assertThat(shard.published("task.snapshot")).hasSize(6);
    }

    @Test
    void whatTheListShowsIsHandedOverBeforeWhatWasAskedForAfterIt() {
        List<String> shown = new ArrayList<>();
        TaskListener doubting = new TaskListener() {
            @Override
            public List<Proposal> onObserved(Identity account, List<Observation> observed) {
                observed.forEach(seen -> shown.add("saw " + seen.task().id()));
                return List.of();
            }

            @Override
            public List<Proposal> onGone(Identity account, String taskId, Instant at) {
                shown.add("gone " + taskId);
                return List.of();
            }

            @Override
            public List<String> conflicting(KnownState known, String account) {
                return List.of("old");
            }
        };
        TaskPolls missing = polls(
                false,
                true,
                request -> {
                    throw ScriptedCodex.failure(Kind.NOT_FOUND, null);
                },
                doubting);
        TaskScan scan = new TaskScan(account(), missing);
        take(scan, pages.get(""), at(1_000_000));
        if (scan.isPublishDue()) {
            publish(scan);
        }
        scan.knownTasks();
        publish(scan);

        assertThat(shown).containsExactly("saw old", "gone old");
    }

    @Test
    void theHistoryIsPublishedWhenAskedFor() {
        shard.forget();
        TaskPolls all = polls(true, false);
        TaskScan scan = new TaskScan(account(), all);
        take(scan, page(null, task("old", -1000)), at(0));
        shard.publish(scan.takeProposals());

        assertThat(shard.turns()).containsExactly("old~a:completed");
        assertThat(shard.published("turn").get(0).data().path("backfill").asBoolean())
                .isTrue();
    }

    @Test
    void theBaselineIsUpstreamsClockOrElseTheNewestTaskOrElseOurs() {
        Instant ours = clock.instant();

        assertThat(baseline(at(7), page(null, task("a", 3)))).isEqualTo(at(7));
        assertThat(baseline(null, page(null, task("b", 2), task("a", 3)))).isEqualTo(at(3));
        assertThat(baseline(null, page(null, task("b", 600_000_000), task("a", 3))))
                .isEqualTo(at(3));
        assertThat(baseline(null, page(null))).isEqualTo(ours);
    }

    private Instant baseline(Instant date, String page) {
        shard.forget();
        new TaskScan(account(), polls).arrived(Replies.json(page), date);
        return known().baseline();
    }

    @Test
    void afterARateLimitNoPageIsAskedForAndTheFailureIsThePolls() {
        TaskScan scan = new TaskScan(account(), polls);
        UpstreamException limited = ScriptedCodex.failure(Kind.RATE_LIMITED, Duration.ofSeconds(30));

        scan.calls.failed(limited);

        assertThat(scan.isMore()).isFalse();
        assertThat(scan.calls.mayCall()).isFalse();
        assertThatThrownBy(() -> scan.finish()).isSameAs(limited);
    }

    @Test
    void aFailureOfOneTaskLeavesTheOthersAlone() {
        for (Kind kind : Kind.values()) {
            TaskScan scan = new TaskScan(account(), polls);
            scan.calls.failed(ScriptedCodex.failure(kind, null));

            assertThat(scan.isMore()).as(kind.label()).isTrue();
            assertThat(scan.calls.mayCall()).as(kind.label()).isTrue();
            scan.calls.succeeded();
            scan.finish();
        }
    }

    @Test
    void aScanThatIsCutGoesOnWhereItStoppedAndMovesTheWatermarkInTheEnd() {
        pages.put("", page("c1", task("f", 500)));
        pages.put("c1", page("c2", task("e", 400)));
        pages.put("c2", page("c3", task("d", 300)));
        pages.put("c3", page(null, task("old", -2000)));
        assertThat(scan(List.of("c2"), Kind.TIMEOUT)).containsExactly("", "c1", "c2");
        assertThat(known().watermark()).isEqualTo(at(-1000));

        pages.put("", page("n1", task("g", 900)));
        pages.put("n1", page("c1", task("f", 500), task("e", 370)));

        assertThat(scan()).containsExactly("", "n1", "c2", "c3");
        assertThat(known().watermark()).isEqualTo(at(500));
        assertThat(scan()).as("over where the first was cut").containsExactly("", "n1");
        assertThat(known().watermark()).isEqualTo(at(900));
    }

    @Test
    void whatCouldNotBePublishedIsReadAgain() {
        pages.put("", page("c1", task("f", 500)));
        pages.put("c1", page(null, task("e", 400), task("old", -2000)));
        assertThat(scan(List.of("c1"), Kind.TIMEOUT)).containsExactly("", "c1");
        shard.beforePublish(() -> {
            throw ScriptedCodex.failure(Kind.SERVER_ERROR, null);
        });
        scan();
        shard.beforePublish(() -> {});

        assertThat(scan()).containsExactly("", "c1");
        assertThat(known().watermark()).isEqualTo(at(500));
    }

    @Test
    void aTimeThatIsAheadOfUpstreamsClockMovesNoWatermarkAndOneThatDidIsRepaired() {
        long years = Duration.ofDays(20 * 365).toSeconds();
        pages.put("", page("c1", task("odd", years), task("b", 300)));
        pages.put("c1", page(null, task("old", -2000)));
        scan();
        assertThat(known().watermark()).isEqualTo(at(300));

        shard.publish(List.of(new AccountProposal(Source.TASKS, ACCOUNT, state -> state.withWatermark(at(years)))));
        pages.put("", page("c1", task("odd", years), task("c", 400)));
        assertThat(scan()).containsExactly("", "c1");

        assertThat(known().watermark()).isEqualTo(at(400));
        assertThat(shard.state(Source.TASKS.tasks().key(ACCOUNT, "c"))).isNotNull();
    }

    @Test
    void aListOutOfOrderIsReadToItsEndOnceInEverySweep() {
        for (int i = 0; i < 6; i++) {
            pages.put(i == 0 ? "" : "c" + i, page(i == 5 ? null : "c" + (i + 1), task("t" + i, 5000 - 2000L * i)));
        }
        pages.put("", page("c1", task("low", 100), task("t0", 5000)));
        assertThat(scan()).hasSize(6);
        assertThat(scan()).as("down to a page that is old as a whole").hasSize(2);
        clock.move(Duration.ofHours(1));
        assertThat(scan()).contains("c5");
    }

    @Test
    void anOlderPageThatFailsIsNoFailureOfThePollAndWaitsEverLonger() {
        pages.put("", page("c1", task("a", -5000)));
        clock.move(Duration.ofHours(1));
        int[] tried = new int[4];
        for (int poll = 0; poll < 80; poll++) {
            tried[poll / 20] += scan(List.of("c1"), Kind.TIMEOUT).contains("c1") ? 1 : 0;
        }

        assertThat(tried[0]).isBetween(4, 12);
        assertThat(tried[1]).isLessThan(tried[0]);
        assertThat(tried[2] + tried[3]).as("asked for all the same").isBetween(1, tried[0]);
    }

    @Test
    void aHistoryThatIsRestartedTooOftenIsSaidSoAndLeftToTheSweep() {
        shard.forget();
        history(3);
        int restarts = 0;
        try (LogCapture log = new LogCapture()) {
            while (restarts == 0 || !known().historyDone()) {
                assertThat(log.count("WARN History scan restarted too often")).isZero();
                assertThat(drift).doesNotContain("history-incomplete");
                assertThat(scan(List.of("h1"))).contains("h1");
                restarts++;
                assertThat(restarts).isLessThan(20);
                clock.move(Duration.ofHours(7));
            }

            assertThat(restarts)
                    .as("ten restarts, and the one that is too many")
                    .isEqualTo(11);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN History scan restarted too often"))
                    .singleElement()
                    .asString()
                    .endsWith("account=" + ACCOUNT);
        }
        assertThat(drift).containsOnlyOnce("history-incomplete");
        assertThat(shard.published("task.snapshot")).hasSize(2);

        scan();
        scan();

        assertThat(shard.published("task.snapshot")).as("read by the sweep").hasSize(4);
    }
}
