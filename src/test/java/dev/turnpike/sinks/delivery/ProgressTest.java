package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void aTopicThatWasMadeAnewIsCommittedWhereItIsRead() {
        Progress progress = new Progress(new OffsetAndMetadata(500));
        progress.reach(500);

        // the consumer has found no offset 500, and reads from the beginning
        assertThat(progress.begin(0)).isTrue();
        assertThat(progress.begin(1)).isTrue();
        progress.markDone(0);
        assertThat(progress.reached().offset()).isEqualTo(1);
        progress.markDone(1);
        progress.reach(2);
        assertThat(progress.reached().offset()).isEqualTo(2);
        assertThat(progress.isFull()).isFalse();
    }

    @Test
    void isDoneBehindTheOffsetAndWhereItsMetadataSaysSo() {
        Progress before = new Progress(new OffsetAndMetadata(5));
        for (long offset = 5; offset < 8; offset++) {
            before.begin(offset);
        }
        before.markDone(6);
        Progress progress = new Progress(before.reached());

        assertThat(progress.isDone(4)).isTrue();
        assertThat(progress.isDone(5)).isFalse();
        assertThat(progress.isDone(6)).isTrue();
        assertThat(progress.isDone(7)).isFalse();
    }

    @Test
    void whatWasDoneInTheTopicBeforeIsNotTakenForDoneInTheNewOne() {
        Progress progress = new Progress(new OffsetAndMetadata(5));
        progress.begin(5);
        progress.begin(6);
        progress.markDone(6);

        for (long offset = 0; offset < 7; offset++) {
            assertThat(progress.begin(offset)).isTrue();
        }
    }
}
