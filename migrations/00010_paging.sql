-- Paging: by which ways people are reached, by what rules, every message that was
-- sent or is going to be, and what people said about being disturbed.

-- +goose Up
CREATE TABLE contact_method (
	id              bigint GENERATED ALWAYS AS IDENTITY,
	person          text        NOT NULL,
	method          text        NOT NULL,
	address         text        NOT NULL, -- normalised
	verified_at     timestamptz,
	disabled_at     timestamptz,
	disabled_reason text        NOT NULL DEFAULT '',
	managed         boolean     NOT NULL DEFAULT false, -- by the organisation file
	added_at        timestamptz NOT NULL,
	CONSTRAINT contact_method_pkey PRIMARY KEY (id),
	CONSTRAINT contact_method_address_key UNIQUE (method, address),
	CONSTRAINT contact_method_method_check CHECK (method IN ('slack', 'sms', 'voice', 'email', 'push', 'webhook')),
	CONSTRAINT contact_method_address_check CHECK (address <> ''),
	CONSTRAINT contact_method_person_check CHECK (person <> ''),
	CONSTRAINT contact_method_reason_check CHECK ((disabled_reason <> '') = (disabled_at IS NOT NULL))
);
CREATE INDEX contact_method_person_idx ON contact_method (person);

-- The code itself is not kept: it follows from the signing key and the issue.
CREATE TABLE contact_verification (
	contact_id bigint      NOT NULL,
	issue      int         NOT NULL, -- how many codes were sent so far
	tries      int         NOT NULL, -- wrong ones since the last was sent
	sent_at    timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	day_from   timestamptz NOT NULL, -- codes of one day are counted from here
	day_sends  int         NOT NULL,
	CONSTRAINT contact_verification_pkey PRIMARY KEY (contact_id),
	CONSTRAINT contact_verification_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method (id) ON DELETE CASCADE
);

CREATE TABLE notification_rule (
	person        text NOT NULL,
	urgency       text NOT NULL,
	position      int  NOT NULL,
	after_seconds int  NOT NULL,
	contact_id    bigint NOT NULL,
	CONSTRAINT notification_rule_pkey PRIMARY KEY (person, urgency, position),
	CONSTRAINT notification_rule_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method (id) ON DELETE CASCADE,
	CONSTRAINT notification_rule_urgency_check CHECK (urgency IN ('high', 'low')),
	CONSTRAINT notification_rule_after_check CHECK (after_seconds BETWEEN 0 AND 86400)
);
CREATE INDEX notification_rule_contact_idx ON notification_rule (contact_id);

-- That a page was planned, and why nobody is reached by it.
CREATE TABLE page_plan (
	page_id     bigint      NOT NULL,
	planned_at  timestamptz NOT NULL,
	unreachable text        NOT NULL DEFAULT '',
	CONSTRAINT page_plan_pkey PRIMARY KEY (page_id),
	CONSTRAINT page_plan_page_fkey FOREIGN KEY (page_id) REFERENCES page (id) ON DELETE CASCADE
);

-- One message. Its row is written before the call that sends it. At most one there
-- is for each page and rule, and for each outcome that somebody is told.
CREATE TABLE delivery (
	id            bigint GENERATED ALWAYS AS IDENTITY,
	kind          text        NOT NULL,
	page_id       bigint,
	escalation_id bigint,
	incident_id   bigint,
	rule          int         NOT NULL DEFAULT 0, -- position; 0: not of a rule
	outcome       text        NOT NULL DEFAULT '', -- of a status: what it tells
	person        text        NOT NULL DEFAULT '',
	contact_id    bigint,
	method        text        NOT NULL,
	address       text        NOT NULL,
	subject       text        NOT NULL DEFAULT '', -- of what is not a page
	body          text        NOT NULL DEFAULT '',
	state         text        NOT NULL,
	attempt       int         NOT NULL DEFAULT 0,
	unsure        boolean     NOT NULL DEFAULT false, -- an attempt may have reached the vendor
	repeat        boolean     NOT NULL DEFAULT false, -- the last attempt was marked as a repeat
	worker        text        NOT NULL DEFAULT '',
	planned_at    timestamptz NOT NULL,
	due_at        timestamptz NOT NULL,
	first_at      timestamptz, -- the first attempt
	sent_at       timestamptz, -- the last attempt
	moved_at      timestamptz NOT NULL, -- into its state
	held          boolean     NOT NULL DEFAULT false, -- waits to be told with others
	severity      smallint, -- as it was told
	service       text        NOT NULL DEFAULT '',
	vendor_id     text        NOT NULL DEFAULT '',
	sequence      int         NOT NULL DEFAULT 0,
	reason        text        NOT NULL DEFAULT '',
	code          int         NOT NULL DEFAULT 0,
	bundle_id     bigint, -- the digest that told it
	CONSTRAINT delivery_pkey PRIMARY KEY (id),
	CONSTRAINT delivery_page_fkey FOREIGN KEY (page_id) REFERENCES page (id) ON DELETE CASCADE,
	CONSTRAINT delivery_escalation_fkey FOREIGN KEY (escalation_id) REFERENCES escalation (id) ON DELETE CASCADE,
	CONSTRAINT delivery_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method (id) ON DELETE SET NULL,
	CONSTRAINT delivery_bundle_fkey FOREIGN KEY (bundle_id) REFERENCES delivery (id) ON DELETE SET NULL,
	CONSTRAINT delivery_once_key UNIQUE (page_id, rule),
	CONSTRAINT delivery_kind_check CHECK (kind IN ('page', 'digest', 'status', 'notice', 'verify', 'canary')),
	CONSTRAINT delivery_state_check CHECK (state IN ('planned', 'sending', 'sent', 'delivered', 'seen', 'failed', 'cancelled', 'bundled')),
	CONSTRAINT delivery_page_check CHECK ((page_id IS NOT NULL) = (kind IN ('page', 'digest')) AND (page_id IS NULL) <= (rule = 0))
);
CREATE UNIQUE INDEX delivery_outcome_key ON delivery (escalation_id, person, outcome) WHERE kind = 'status';
CREATE INDEX delivery_escalation_idx ON delivery (escalation_id, person);
CREATE INDEX delivery_incident_idx ON delivery (incident_id);
CREATE INDEX delivery_contact_idx ON delivery (contact_id, sent_at);
CREATE INDEX delivery_vendor_idx ON delivery (method, vendor_id) WHERE vendor_id <> '';
CREATE INDEX delivery_code_idx ON delivery (method, address, code) WHERE code > 0;
CREATE INDEX delivery_bundle_idx ON delivery (bundle_id) WHERE bundle_id IS NOT NULL;
CREATE INDEX delivery_due_idx ON delivery (due_at) WHERE state IN ('planned', 'sending');

-- What people want to be told of what became of a page. Without a row: all of it.
CREATE TABLE outcome_subscription (
	person   text   NOT NULL,
	outcomes text[] NOT NULL,
	CONSTRAINT outcome_subscription_pkey PRIMARY KEY (person)
);

-- Who is awake need not be woken again by what they know.
CREATE TABLE awake (
	person      text        NOT NULL,
	incident_id bigint      NOT NULL,
	until_at    timestamptz NOT NULL,
	CONSTRAINT awake_pkey PRIMARY KEY (person, incident_id)
);

-- Texts that were not understood, in a row: a machine that answers us is not answered for ever.
CREATE TABLE useless_reply (
	method  text NOT NULL,
	address text NOT NULL,
	count   int  NOT NULL,
	last_at timestamptz NOT NULL,
	CONSTRAINT useless_reply_pkey PRIMARY KEY (method, address)
);

-- Signs links and makes codes. There is one.
CREATE TABLE signing_key (
	only_one boolean NOT NULL DEFAULT true,
	key      bytea   NOT NULL,
	CONSTRAINT signing_key_pkey PRIMARY KEY (only_one),
	CONSTRAINT signing_key_only_one_check CHECK (only_one),
	CONSTRAINT signing_key_length_check CHECK (length(key) >= 32)
);

-- +goose Down
DROP TABLE signing_key;
DROP TABLE useless_reply;
DROP TABLE awake;
DROP TABLE outcome_subscription;
DROP TABLE delivery;
DROP TABLE page_plan;
DROP TABLE notification_rule;
DROP TABLE contact_verification;
DROP TABLE contact_method;
