package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.CredentialsUnavailableException;
import org.junit.jupiter.api.Test;

class CallTest {

    @Test
    void notifiesTheCredentialsWhenTheRefreshedTokenIsRefusedToo() {
        TokensForTests tokens = TokensForTests.of("t");
        Call call = new Call(CodexRequest.get(tokens, "workspace-1/user-1", "tasks", "list"));
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(tokens.asked).noneMatch(asked -> asked.startsWith("refused"));
            call.nextBearer();
            call.refused();
        }
        assertThat(tokens.asked)
                .containsExactly("bearer", "reread t", "refresh t-reread", "refused t-reread-refreshed");
    }

    @Test
    void isNotMadeWithTheTokenOfAnotherAccount() {
        TokensForTests tokens =
                new TokensForTests(new Bearer("t", null, false, "workspace-1/user-2"), same -> same, same -> same);
        Call call = new Call(CodexRequest.get(tokens, "workspace-1/user-1", "tasks", "list"));
        assertThatThrownBy(call::nextBearer).isInstanceOf(CredentialsUnavailableException.class);
        assertThat(call.started()).isFalse();
    }
}
