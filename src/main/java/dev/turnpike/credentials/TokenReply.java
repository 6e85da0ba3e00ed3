package dev.turnpike.credentials;

/** What the token endpoint gave: each token null when the reply has none, and then the old one stays. All secrets. */
record TokenReply(String idToken, String accessToken, String refreshToken) {

    /**
     * What holds after this reply. An id token that cannot be decoded would make the file useless for the CLI, so the old
     * one stays then too.
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
