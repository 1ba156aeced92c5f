/* secrets.h - takes credentials out of what a server says, before anybody reads it. */
#ifndef HARNESS_SECRETS_H
#define HARNESS_SECRETS_H

#include "harness/net/http.h"

/* Replaces the token, the AWS keys, the passwords of ~/.netrc and the query of the address by
 * "***", also one that the end of the text cuts off. A text with the header that carries them
 * becomes empty, because it may hold them in another form. */
void secrets_mask(char *text, const struct http_access *access, const char *url);

#endif
