import { rpc } from "@web/core/network/rpc";

/**
 * Show in a licensed domain field what the server says about the domain.
 *
 * @param {HTMLElement} el - the `.o_shop_license` block
 * @param {Object} preview - `{ hosts, warnings, error }`, or null for an empty field
 */
export function showPreview(el, preview) {
    const inputEl = el.querySelector(".o_shop_license_input");
    const feedbackEl = el.querySelector(".o_shop_license_feedback");
    const template = el.querySelector("template.o_shop_license_hint");
    inputEl.classList.toggle("is-invalid", Boolean(preview?.error));
    inputEl.classList.toggle("is-valid", Boolean(preview && !preview.error && preview.hosts.length));
    inputEl.setAttribute("aria-invalid", String(Boolean(preview?.error)));
    const rows = [];
    const addRow = (text, className, icon, direction = "auto") => {
        const rowEl = document.createElement("div");
        rowEl.className = className;
        const iconEl = document.createElement("i");
        iconEl.className = `fa ${icon} me-1`;
        iconEl.setAttribute("role", "presentation");
        const textEl = document.createElement("bdi");
        textEl.textContent = text;
        textEl.dir = direction;
        rowEl.append(iconEl, textEl);
        rows.push(rowEl);
    };
    if (preview?.error) {
        addRow(preview.error, "text-danger fw-bold", "fa-exclamation-circle");
    } else if (preview) {
        for (const host of preview.hosts) {
            const name = host.name === host.display ? "" : ` (${host.name})`;
            addRow(host.display + name, "text-success text-break", "fa-check", "ltr");
        }
        for (const warning of preview.warnings) {
            addRow(warning, "text-muted", "fa-info-circle");
        }
    }
    if (rows.length) {
        feedbackEl.replaceChildren(...rows);
    } else if (template) {
        feedbackEl.replaceChildren(template.content.cloneNode(true));
    }
}

/**
 * Ask the server about the domain in the field; in the cart this also keeps it.
 *
 * @param {HTMLElement} el - the `.o_shop_license` block
 * @param {Number} [quantity]
 * @returns {Promise<Object|null>} the preview, null for an empty field on the product page
 */
export async function askServer(el, quantity = 1) {
    const text = el.querySelector(".o_shop_license_input").value.trim();
    if (el.dataset.lineId) {
        return rpc("/shop/license/domain", { line_id: parseInt(el.dataset.lineId), text });
    }
    if (!text) {
        return null;
    }
    const productId =
        parseInt(el.closest("form")?.querySelector('input[name="product_id"]')?.value) ||
        parseInt(el.dataset.productId);
    return rpc("/shop/license/preview", { product_id: productId, text, quantity });
}

/**
 * @param {HTMLElement} el - the `.o_shop_license` block
 * @returns {Number} how many licences are about to be bought
 */
export function getQuantity(el) {
    const productEl = el.closest(".js_product");
    return parseInt(productEl?.querySelector('input[name="add_qty"]')?.value) || 1;
}
