/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A refusal has three readers: whoever asked, people who watch the topic of errors, and the log of this
 * machine. All three are served from one place, so that none is forgotten and they agree. */

#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/publish.h>
#include <glow/topics.h>

void glow_publish_text(const struct glow_publisher *p, const char *topic, const char *text, int qos, bool retained)
{
	struct glow_message m = {
		.topic = topic, .payload = text, .len = strlen(text), .qos = qos, .retained = retained
	};

	p->outbox.publish(p->outbox.ctx, &m);
}

void glow_publish_tree(const struct glow_publisher *p, const char *a, const char *b, const char *c, cJSON *tree,
		       int qos, bool retained)
{
	char topic[GLOW_TOPIC_MAX + 1];
	char *text = glow_json_finish(tree);

	glow_topic_make(topic, p->prefix, a, b, c);
	if (text)
		glow_publish_text(p, topic, text, qos, retained);
	free(text);
}

/* To who asked, where there may be an answer. */
static void reply(const struct glow_publisher *p, const struct glow_message *asked, const char *text)
{
	struct glow_message m = { .topic = asked->response_topic,
				  .payload = text,
				  .len = strlen(text),
				  .qos = 1,
				  .correlation = asked->correlation,
				  .correlation_len = asked->correlation_len };

	if (m.topic && glow_answer_topic_allowed(p->prefix, p->discovery, m.topic))
		p->outbox.publish(p->outbox.ctx, &m);
}

static void count(const struct glow_publisher *p, enum glow_code code)
{
	if (p->answers)
		p->answers[code]++;
}

void glow_publish_answer(const struct glow_publisher *p, const struct glow_message *asked, const struct glow_diag *diag,
			 cJSON *tree, const char *refusals)
{
	char *text = glow_json_finish(tree);

	count(p, diag->code);
	if (text)
		reply(p, asked, text);
	if (text && refusals && (diag->code != GLOW_OK || diag->ignored[0]))
		glow_publish_text(p, refusals, text, 0, false);
	if (diag->code != GLOW_OK) {
		glow_warning("%s rejected: %s %s: %s", asked->topic, glow_code_name(diag->code), diag->where,
			     diag->what);
	} else if (diag->ignored[0]) {
		for (const char *path = NULL; (path = glow_diag_ignored(diag, path));)
			glow_warning("%s: ignored %s, which says nothing here", asked->topic, path);
	}
	free(text);
}

void glow_publish_busy(const struct glow_publisher *p, const struct glow_message *asked, const char *node,
		       bool replaced)
{
	struct glow_diag diag;
	char *text;

	glow_diag_set(&diag, GLOW_BUSY, "",
		      replaced ? "too much came at once: a newer command took its place"
			       : "too much came at once: it was dropped unread; try again");
	count(p, diag.code);
	text = glow_json_finish(glow_answer_write(node, &diag));
	if (text)
		reply(p, asked, text);
	free(text);
}

enum glow_code glow_command_refuse_retained(const struct glow_message *m, struct glow_diag *diag)
{
	*diag = (struct glow_diag){ .code = GLOW_OK };
	if (m->retained)
		glow_diag_set(diag, GLOW_RETAINED, "",
			      "commands must not be retained: clear it with an empty retained one");
	return diag->code;
}
