import { livechatRoutingMap } from "@im_livechat/embed/cors/livechat_routing_map";

livechatRoutingMap.add("/im_livechat/leave_message", "/im_livechat/cors/leave_message");
