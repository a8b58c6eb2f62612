/** What is said about signing in and access tokens. */
export const access = {
  title: "Sign in to nodegraph",
  token: "Access token",
  show: "Show the token",
  signIn: "Sign in",
  whence:
    "Whoever runs this server makes tokens, with: nodegraph tokens add NAME. The first one was printed when it started.",
  refused: {
    unknown: "This token is not known here. It may have been revoked, or is not complete.",
    "too-often": "Too many wrong tokens came from here. Wait a little, then try again.",
    unreachable: "The server does not answer. Try again when it is back.",
  },
  ended: "Sign in again",
  endedAdvice:
    "The session of this browser has ended. Your work is all still here, and goes on once you have signed in.",

  account: "Account",
  signOut: "Sign out",
  scopes: {
    read: "May look only",
    run: "May run workflows",
    admin: "Admin: may do everything",
  },
  mayNot: {
    read: "",
    run: "Your access token may look only. To run workflows, ask for one with the scope “run”.",
    admin: "Only an admin of this server may do that.",
  },
};
