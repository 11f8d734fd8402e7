import { _t } from "@web/core/l10n/translation";

/** What each state of a promise looks like. */
export const LIGHTS = {
    ongoing: { icon: "fa-clock-o", title: _t("On time") },
    warning: { icon: "fa-bell", title: _t("Due soon") },
    paused: { icon: "fa-pause", title: _t("Paused") },
    reached: { icon: "fa-check", title: _t("Reached") },
    failed: { icon: "fa-exclamation-triangle", title: _t("Missed") },
    cancelled: { icon: "fa-ban", title: _t("Ended") },
};

/** Hours and minutes, such as "3h 20m"; days would hide how long a working day is. */
export function formatSeconds(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (!hours) {
        return _t("%sm", minutes);
    }
    return minutes % 60 ? _t("%(hours)sh %(minutes)sm", { hours, minutes: minutes % 60 }) : _t("%sh", hours);
}
