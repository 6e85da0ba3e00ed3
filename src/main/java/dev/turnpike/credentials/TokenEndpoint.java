package dev.turnpike.credentials;

import java.util.Locale;

/** Redeems refresh tokens. Each works once: the reply holds the only next one. */
interface TokenEndpoint {

    /**
     * Redeems a refresh token.
     *
     * @throws RefreshRefusedException when this token will never be accepted
     * @throws CredentialsUnavailableException when another try may succeed, or the outcome is unknown
     */
    TokenReply redeem(String refreshToken) throws RefreshRefusedException;

    /**
     * Reply of the token endpoint, all secrets: each token is null when the reply has none, and then the old one stays
     * valid.
     */
    record TokenReply(String idToken, String accessToken, String refreshToken) {

        /**
         * The tokens after this reply. An id token that cannot be decoded would make the file useless for the CLI, so
         * the old one stays then too.
         */
        TokenReply over(SignIn old) {
            return new TokenReply(
                    TokenClaims.of(idToken).readable() ? idToken : old.idToken(),
                    TokenClaims.first(accessToken, old.accessToken()),
                    TokenClaims.first(refreshToken, old.refreshToken()));
        }

        @Override
        public String toString() {
            return "TokenReply[***]";
        }
    }

    /** The token endpoint will never accept this refresh token. */
    static class RefreshRefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** The endpoint's {@code error.code}; any other 401 is REJECTED. */
        enum Reason {
            EXPIRED("the refresh token has expired"),
            REUSED("the refresh token has been redeemed before"),
            REVOKED("the sign-in has been revoked"),
            REJECTED("the token endpoint refuses the refresh token (status 401)");

            private final String sentence;

            Reason(String sentence) {
                this.sentence = sentence;
            }

            String word() {
                return name().toLowerCase(Locale.ROOT);
            }

            String sentence() {
                return sentence;
            }
        }

        private final Reason reason;

        RefreshRefusedException(Reason reason) {
            super(reason.sentence());
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }
}
