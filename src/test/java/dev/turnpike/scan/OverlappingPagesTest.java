package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.publishing.Source;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The next page is asked for while calls about this one are under way, and what they find stays in order. */
class OverlappingPagesTest extends ScriptedPolls {
    private static final int PAGE = 5;
    private static final int PAGES = 4;

    @Override
    ScanSettings settings() {
        return new ScanSettings(
                PAGE,
                Duration.ofHours(1),
                Duration.ofDays(30),
                true,
                true,
                Duration.ofMinutes(1),
                3,
                Duration.ofMinutes(1));
    }

    /** A history: at first contact two pages reach below what is new, and the others are read after that. */
    private void history() {
        for (int page = 0; page < PAGES; page++) {
            String[] items = new String[PAGE];
            for (int i = 0; i < PAGE; i++) {
                int number = page * PAGE + i;
                String task = "t" + number;
                items[i] = item(task, task + "~a", "completed", -9000, -1000 * (page + 1) - i);
                codex.reply(
                        "tasks/" + task + "/turns",
                        mapping(request(task + "~a", null, -9000), turn(task + "~a", "completed", "x", -9000, null)));
                codex.reply("tasks/" + task, details(task, task + "~a", "completed", "Done", -9000));
            }
            codex.reply(
                    page == 0 ? "tasks/list" : "tasks/list?c" + page,
                    page(page + 1 < PAGES ? "c" + (page + 1) : null, items));
        }
    }

    private static List<String> turns(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "t" + i + "~a:completed").toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSlowCallHoldsUpNoPageAndWhatIsFoundIsPublishedInTheOrderOfTheList() {
        history();
        CountDownLatch lastPage = new CountDownLatch(1);
        codex.before("tasks/t11/turns", () -> await(lastPage));
        codex.before("tasks/list?c3", lastPage::countDown);

        assertThat(poll()).isEqualTo("ok");

        assertThat(shard.turns()).isEqualTo(turns(0, PAGES * PAGE));
    }

    @Test
    void noPageCountsAsReadWhileACallAboutItIsUnderWay() {
        history();
        CountDownLatch laterPage = new CountDownLatch(1);
        codex.before("tasks/list?c3", laterPage::countDown);
        codex.before("tasks/t11/turns", () -> {
            await(laterPage);
            throw new AuthRequiredException("expired", "The sign-in has expired: sign in again");
        });

        assertThat(poll()).isEqualTo("auth-required");

        assertThat(shard.turns()).isEqualTo(turns(0, 11));
        assertThat(shard.state(Source.TASKS.accounts().key(account))
                        .path("historyDone")
                        .asBoolean())
                .isFalse();
        assertThat(shard.state(Source.TASKS.accounts().key(account))
                        .path("historyCursor")
                        .isTextual())
                .as("the page of the call that failed, and those after it, are still to be read")
                .isFalse();

        codex.before("tasks/t11/turns", () -> {});
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactlyInAnyOrderElementsOf(turns(0, PAGES * PAGE));
    }
}
