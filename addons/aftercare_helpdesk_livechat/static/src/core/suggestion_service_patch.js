import { SuggestionService } from "@mail/core/common/suggestion_service";
import { patch } from "@web/core/utils/patch";

/** Quick replies of a team are offered in the chats of that team only. */
patch(SuggestionService.prototype, {
    searchSuggestions({ delimiter }, { thread } = {}) {
        const result = super.searchSuggestions(...arguments);
        if (delimiter === "::" && result?.type === "mail.canned.response") {
            const teamId = thread?.helpdesk_chat?.team_id;
            result.suggestions = result.suggestions.filter(
                ({ helpdesk_team_ids: teamIds }) => !teamIds?.length || teamIds.includes(teamId)
            );
        }
        return result;
    },
});
