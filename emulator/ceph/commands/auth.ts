import { dashboardError } from "../models/errors.ts";
import { issueToken, logIn, permissionsOf, revokeToken, userOfToken } from "../models/sessions.ts";
import { endpoint } from "./endpoint.ts";
import { integer, required, text } from "./fields.ts";

const secondsPerHour = 3600;

/** `controllers/auth.py`. A wrong password is 400, not 401. */
export const authEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/auth",
    session: false,
    // A login that fails counts.
    piecemeal: true,
    fields: { username: required(text), password: required(text), ttl: integer },
    run({ world, args }) {
      const user = world.store.transaction(() => logIn(world, args.username, args.password));
      if (!user) throw dashboardError("Invalid credentials", { code: "invalid_credentials", component: "auth" });
      const seconds = args.ttl === undefined ? world.managers.tokenTtlSeconds : args.ttl * secondsPerHour;
      return {
        token: issueToken(world, user.username, seconds),
        username: user.username,
        permissions: permissionsOf(user.role),
        pwdExpirationDate: null,
        sso: false,
        pwdUpdateRequired: false,
      };
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/auth/check",
    session: false,
    status: 200,
    fields: { token: required(text) },
    run({ world, args }) {
      const user = userOfToken(world, args.token);
      if (!user) return { login_url: "#/login", cluster_status: "POST_INSTALLED" };
      return {
        username: user.username,
        permissions: permissionsOf(user.role),
        sso: false,
        pwdUpdateRequired: false,
        pwdExpirationDate: null,
      };
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/auth/logout",
    session: false,
    status: 200,
    fields: {},
    run({ world, token }) {
      if (token !== undefined) revokeToken(world, token);
      return { redirect_url: "#/login" };
    },
  }),
];
