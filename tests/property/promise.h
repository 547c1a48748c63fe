/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promise.h - does a document promise more than one of a run that knew more?
 *
 * Depends on json-c. Both documents are of the same command over the same
 * kernel; the second is of a run that was refused some answers. Of each page,
 * block and device it may say less, or the same, and nothing else.
 */
#ifndef PROMISE_H
#define PROMISE_H

#include <json-c/json.h>

/** struct promise - the two documents, and where to tell what is wrong */
struct promise {
	struct json_object *full, *less;
	/**
	 * broken - one way in which the promise is broken
	 * @code: in  a stable word for lists: "verdict", "owner"
	 * @what: in  one line for people
	 */
	void (*broken)(void *arg, const char *code, const char *what);
	void *arg;
};

/** promise_check() - compare; broken() is called for each thing found */
void promise_check(const struct promise *p);

#endif
