package dev.turnpike.sinks.slack;

import com.google.gson.JsonObject;

/**
 * One request to Slack.
 *
 * @param method of the Web API; unused with an incoming webhook
 * @param task whose thread it begins, changes or continues; null where it is about none
 * @param beginsThread whether the answer tells where the task's thread is
 */
record SlackCall(Method method, JsonObject body, String task, boolean beginsThread) {

    /** The two methods the bot needs. */
    enum Method {
        POST("/chat.postMessage"),
        UPDATE("/chat.update");

        private final String path;

        Method(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }
}
