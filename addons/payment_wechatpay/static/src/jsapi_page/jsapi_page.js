import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Hands a prepared order to the script that WeChat puts into every page it shows. */
export class WechatPayPage extends Interaction {
    static selector = ".o_wechatpay_jsapi";
    dynamicContent = {
        button: { "t-on-click": this.pay },
        _document: { "t-on-WeixinJSBridgeReady": this.pay },
    };

    start() {
        if (window.WeixinJSBridge) {
            this.pay();
        }
    }

    pay() {
        window.WeixinJSBridge?.invoke(
            "getBrandWCPayRequest",
            JSON.parse(this.el.dataset.values),
            // Paid or not: the status page knows, and asks.
            () => window.location.assign("/payment/status"),
        );
    }
}

registry.category("public.interactions").add("payment_wechatpay.jsapi_page", WechatPayPage);
