import { UnseenMessagesDialog } from "./unseen_messages_dialog";

export const TICKET = "helpdesk.ticket";

/** Return the id of the last message on the screen; undefined if the screen shows none at all. */
export function getSeenMessageId(env, ticketId) {
    const thread = env.services["mail.store"].Thread.get({ model: TICKET, id: ticketId });
    return thread?.isLoaded ? thread.newestPersistentMessage?.id || 0 : undefined;
}

/**
 * Ask before an answer is sent that does not know what others have written meanwhile.
 *
 * @returns {Promise<Object|false>} the context in which to send, false if the user looks first
 */
export async function confirmReply(env, ticketId) {
    const seenId = getSeenMessageId(env, ticketId);
    if (seenId === undefined) {
        return {};
    }
    const messages = await env.services.orm.silent.call(TICKET, "get_unseen_messages", [
        [ticketId],
        seenId,
    ]);
    if (!messages.length) {
        return { helpdesk_seen_message_id: seenId };
    }
    return new Promise((resolve) => {
        env.services.dialog.add(
            UnseenMessagesDialog,
            {
                messages,
                onSend: () => resolve({ helpdesk_seen_message_id: messages[0].id }),
            },
            {
                onClose: () => {
                    // Comes after a decision to send, too: then it changes nothing.
                    resolve(false);
                },
            }
        );
    });
}

/** Show what has come in, once the user has decided to look first. */
export function showNewMessages(env, ticketId) {
    return env.services["mail.store"].Thread.get({
        model: TICKET,
        id: ticketId,
    })?.fetchNewMessages();
}
