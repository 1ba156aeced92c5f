/* secrets.h - removes credentials from a server's answers before they are shown. */
#ifndef HARNESS_SECRETS_H
#define HARNESS_SECRETS_H

#include "harness/net/http.h"

/* Replaces by "***" the token, the AWS keys, the passwords of ~/.netrc and of proxies, and the
 * values in the query of the address: as they are, in base64 as part of anything, percent-encoded,
 * divided by other characters, and any 8 letters of them in a row. A text with the header that
 * carries them becomes empty, because it may hold them in yet another form. */
void secrets_mask(char *text, const struct http_access *access, const char *url);

#endif
