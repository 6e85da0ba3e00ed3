package dev.turnpike.credentials;

/** The token endpoint's last word on a refresh token. */
class RefreshRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The endpoint's reasons, as {@code error.code} names them; anything else that comes with 401 is REJECTED. */
    enum Reason {
        EXPIRED("expired", "the refresh token has expired"),
        REUSED("reused", "the refresh token has been redeemed before"),
        REVOKED("revoked", "the sign-in has been revoked"),
        REJECTED("rejected", "the token endpoint refuses the refresh token (status 401)");

        private final String word;
        private final String sentence;

        Reason(String word, String sentence) {
            this.word = word;
            this.sentence = sentence;
        }

        String word() {
            return word;
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
