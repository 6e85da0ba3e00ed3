package dev.turnpike.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.turnpike.alerts.AuthProposal;
import dev.turnpike.alerts.DriftProposal;
import dev.turnpike.alerts.NeedsInputProposal;
import dev.turnpike.alerts.TaskWatchProposal;
import dev.turnpike.alerts.UpstreamProposal;
import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.StateKind;
import dev.turnpike.usage.ResetCreditPoll;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records in the state topic outlive the names in the code: what an earlier version wrote is read, and written again as it was. */
class StateFormatTest {

    static Stream<Arguments> records() {
        return Stream.of(
                argumentSet("usage", UsageProposal.KIND, """
                        {"v":1,"at":"2026-07-01T12:00:00Z","toldAt":"2026-07-01T11:30:00Z","told":"f1",\
                        "blocked":{"main":{"since":"2026-07-01T11:00:00Z"}},\
                        "windows":{"main|5h":{"seconds":18000,"used":81.0,"shown":"2026-07-01T15:00:00Z",\
                        "resetsAt":"2026-07-01T15:00:00Z","peak":81.0,"peakAt":"2026-07-01T12:00:00Z","told":80,\
                        "forecastTold":true,"points":[{"at":"2026-07-01T12:00:00Z","used":81.0}]}},\
                        "unused":{"main|5h":"2026-07-01T15:00:00Z"},\
                        "unseen":{"since":"2026-07-01T10:00:00Z","lastRise":"2026-07-01T12:00:00Z","told":true}}"""),
                argumentSet("a watched task", TaskWatchProposal.KIND, """
                        {"v":1,"turnId":"t1~a","listed":"IN_PROGRESS","updatedAt":"2026-07-01T12:00:00Z",\
                        "since":"2026-07-01T10:00:00Z","stalledTold":true,"shown":"COMPLETED",\
                        "conflictSince":"2026-07-01T11:00:00Z","conflictTold":true}"""),
                argumentSet("an upstream that fails", UpstreamProposal.KIND, """
                        {"v":1,"since":"2026-07-01T12:00:00Z","told":true,"kind":"NETWORK"}"""),
                argumentSet("drift", DriftProposal.KIND, """
                        {"v":1,"names":["field:a","field:b"]}"""),
                argumentSet("a sign-in that is refused", AuthProposal.KIND, """
                        {"v":1,"since":"2026-07-01T12:00:00Z","reason":"expired"}"""),
                argumentSet("an account", Source.TASKS.accounts(), """
                        {"v":2,"baseline":"2026-07-01T12:00:00Z","fromBeginning":true,\
                        "watermark":"2026-07-01T12:30:00Z","historyDone":true,"horizon":"2026-06-01T12:00:00Z"}"""),
                argumentSet("a task of which nothing is known", Source.TASKS.tasks(), """
                        {"v":2}"""),
                argumentSet("open attempts", OpenAttempts.KIND, """
                        {"v":1,"rounds":{"t1~a":{"count":2,"first":"COMPLETED","since":"2026-07-01T12:00:00Z",\
                        "about":{"title":"t"}}}}"""),
                argumentSet("turns that run", TurnRunsProposal.KIND, """
                        {"v":1,"runs":{"t1~a":{"task":"t1","from":"2026-07-01T12:00:00Z"}}}"""),
                argumentSet("reset credits", ResetCreditPoll.KIND, """
                        {"v":1,"expiries":{"c1":"2026-07-01T12:00:00Z"}}"""),
                argumentSet("a thread that waits", NeedsInputProposal.KIND, """
                        {"v":1,"turnId":"t1","since":"2026-07-01T12:00:00Z"}"""));
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordOfAnEarlierVersionIsReadAndWrittenAsItWas(StateKind<? extends Record> kind, String json) {
        Record read = kind.read(json.getBytes(UTF_8));

        assertThat(new String(kind.write(read), UTF_8)).isEqualTo(json);
    }
}
