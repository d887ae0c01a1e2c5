-- The schema after all migrations. Generated: go test ./migrations -update

CREATE TYPE river_job_state AS ENUM ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');

CREATE OR REPLACE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state river_job_state)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$function$;

CREATE OR REPLACE FUNCTION public.worker_alive(id text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
	SELECT EXISTS (
		SELECT FROM pg_locks
		WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = 7331
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND objid = (hashtext(id)::bigint & 4294967295)::oid
	)
$function$;

CREATE SEQUENCE river_job_id_seq AS bigint START 1 INCREMENT 1;

CREATE SEQUENCE river_notification_id_seq AS bigint START 1 INCREMENT 1;

CREATE TABLE awake (
    person text NOT NULL,
    incident_id bigint NOT NULL,
    until_at timestamp with time zone NOT NULL,
    CONSTRAINT awake_pkey PRIMARY KEY (person, incident_id)
);

CREATE TABLE calendar_feed (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    token_hash bytea NOT NULL,
    schedule text DEFAULT ''::text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT calendar_feed_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_feed_subject_check CHECK ((schedule <> ''::text) <> (person <> ''::text)),
    CONSTRAINT calendar_feed_token_hash_key UNIQUE (token_hash)
);

CREATE TABLE contact_method (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    person text NOT NULL,
    method text NOT NULL,
    address text NOT NULL,
    verified_at timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text DEFAULT ''::text NOT NULL,
    managed boolean DEFAULT false NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_method_address_check CHECK (address <> ''::text),
    CONSTRAINT contact_method_address_key UNIQUE (method, address),
    CONSTRAINT contact_method_method_check CHECK (method = ANY (ARRAY['slack'::text, 'sms'::text, 'voice'::text, 'email'::text, 'push'::text, 'webhook'::text])),
    CONSTRAINT contact_method_person_check CHECK (person <> ''::text),
    CONSTRAINT contact_method_pkey PRIMARY KEY (id),
    CONSTRAINT contact_method_reason_check CHECK ((disabled_reason <> ''::text) = (disabled_at IS NOT NULL))
);

CREATE TABLE contact_verification (
    contact_id bigint NOT NULL,
    issue integer NOT NULL,
    tries integer NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    day_from timestamp with time zone NOT NULL,
    day_sends integer NOT NULL,
    CONSTRAINT contact_verification_pkey PRIMARY KEY (contact_id)
);

CREATE TABLE cover_request (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    schedule text NOT NULL,
    person text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    taken_by text DEFAULT ''::text NOT NULL,
    taken_at timestamp with time zone,
    override_id bigint,
    message_channel text DEFAULT ''::text NOT NULL,
    message_ts text DEFAULT ''::text NOT NULL,
    CONSTRAINT cover_request_pkey PRIMARY KEY (id),
    CONSTRAINT cover_request_span_check CHECK (until_at > from_at),
    CONSTRAINT cover_request_state_check CHECK (state = ANY (ARRAY['open'::text, 'taken'::text, 'withdrawn'::text, 'past'::text])),
    CONSTRAINT cover_request_taken_check CHECK ((state = 'taken'::text) = (taken_by <> ''::text))
);

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    kind text NOT NULL,
    page_id bigint,
    escalation_id bigint,
    incident_id bigint,
    rule integer DEFAULT 0 NOT NULL,
    outcome text DEFAULT ''::text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    contact_id bigint,
    method text NOT NULL,
    address text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    unsure boolean DEFAULT false NOT NULL,
    repeat boolean DEFAULT false NOT NULL,
    worker text DEFAULT ''::text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_at timestamp with time zone,
    sent_at timestamp with time zone,
    moved_at timestamp with time zone NOT NULL,
    held boolean DEFAULT false NOT NULL,
    severity smallint,
    service text DEFAULT ''::text NOT NULL,
    vendor_id text DEFAULT ''::text NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    code integer DEFAULT 0 NOT NULL,
    bundle_id bigint,
    anew integer DEFAULT 0 NOT NULL,
    CONSTRAINT delivery_kind_check CHECK (kind = ANY (ARRAY['page'::text, 'digest'::text, 'status'::text, 'notice'::text, 'verify'::text, 'canary'::text])),
    CONSTRAINT delivery_once_key UNIQUE (page_id, rule),
    CONSTRAINT delivery_page_check CHECK ((page_id IS NOT NULL) = (kind = ANY (ARRAY['page'::text, 'digest'::text])) AND (page_id IS NULL) <= (rule = 0)),
    CONSTRAINT delivery_pkey PRIMARY KEY (id),
    CONSTRAINT delivery_state_check CHECK (state = ANY (ARRAY['planned'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'seen'::text, 'failed'::text, 'cancelled'::text, 'bundled'::text]))
);

CREATE TABLE escalation (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    incident_id bigint NOT NULL,
    dedup_key text NOT NULL,
    count integer NOT NULL,
    subject text NOT NULL,
    service text DEFAULT ''::text NOT NULL,
    urgency text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    policy jsonb NOT NULL,
    pass integer NOT NULL,
    next_step integer NOT NULL,
    settled boolean NOT NULL,
    fired integer NOT NULL,
    exhausted boolean NOT NULL,
    step_due_at timestamp with time zone,
    ack_due_at timestamp with time zone,
    snoozed boolean NOT NULL,
    resolve_due_at timestamp with time zone,
    held boolean NOT NULL,
    held_until timestamp with time zone,
    run integer NOT NULL,
    generation integer NOT NULL,
    acked_by text[] DEFAULT '{}'::text[] NOT NULL,
    began_at timestamp with time zone NOT NULL,
    next_due_at timestamp with time zone,
    fired_at timestamp with time zone,
    CONSTRAINT escalation_key_check CHECK (dedup_key <> ''::text),
    CONSTRAINT escalation_over_check CHECK (state <> 'resolved'::text OR next_due_at IS NULL),
    CONSTRAINT escalation_pkey PRIMARY KEY (id),
    CONSTRAINT escalation_state_check CHECK (state = ANY (ARRAY['triggered'::text, 'acknowledged'::text, 'resolved'::text])),
    CONSTRAINT escalation_urgency_check CHECK (urgency = ANY (ARRAY['high'::text, 'low'::text]))
);

CREATE TABLE handoff_notice (
    schedule text NOT NULL,
    person text NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT handoff_notice_kind_check CHECK (kind = ANY (ARRAY['start'::text, 'end'::text])),
    CONSTRAINT handoff_notice_pkey PRIMARY KEY (schedule, person, at, kind)
);

CREATE TABLE hypothesis (
    incident_id bigint NOT NULL,
    number integer NOT NULL,
    text text NOT NULL,
    outcome text DEFAULT 'open'::text NOT NULL,
    raised_by text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT hypothesis_outcome_check CHECK (outcome = ANY (ARRAY['open'::text, 'confirmed'::text, 'ruled out'::text])),
    CONSTRAINT hypothesis_pkey PRIMARY KEY (incident_id, number)
);

CREATE TABLE incident (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    dedup_key text,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    severity smallint NOT NULL,
    status text NOT NULL,
    private boolean DEFAULT false NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    declared_by_kind text NOT NULL,
    declared_by_id text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    impact_started_at timestamp with time zone,
    detected_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    mitigated_at timestamp with time zone,
    resolved_at timestamp with time zone,
    closed_at timestamp with time zone,
    update_due_at timestamp with time zone,
    update_generation integer DEFAULT 0 NOT NULL,
    origin jsonb,
    room_channel text DEFAULT ''::text NOT NULL,
    room_name text DEFAULT ''::text NOT NULL,
    room_state text DEFAULT 'none'::text NOT NULL,
    task_count integer DEFAULT 0 NOT NULL,
    hypothesis_count integer DEFAULT 0 NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    service text DEFAULT ''::text NOT NULL,
    CONSTRAINT incident_dedup_key_key UNIQUE (dedup_key),
    CONSTRAINT incident_pkey PRIMARY KEY (id),
    CONSTRAINT incident_room_state_check CHECK (room_state = ANY (ARRAY['none'::text, 'open'::text, 'archived'::text, 'lost'::text])),
    CONSTRAINT incident_severity_check CHECK (severity >= 1 AND severity <= 5),
    CONSTRAINT incident_status_check CHECK (status = ANY (ARRAY['triage'::text, 'active'::text, 'mitigated'::text, 'resolved'::text, 'closed'::text, 'cancelled'::text])),
    CONSTRAINT incident_title_check CHECK (title <> ''::text)
);

CREATE TABLE incident_role (
    incident_id bigint NOT NULL,
    role text NOT NULL,
    person text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT incident_role_pkey PRIMARY KEY (incident_id, role, person)
);

CREATE TABLE maintenance (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    service text DEFAULT ''::text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone,
    mode text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT maintenance_mode_check CHECK (mode = ANY (ARRAY['hold'::text, 'drop'::text])),
    CONSTRAINT maintenance_pkey PRIMARY KEY (id),
    CONSTRAINT maintenance_span_check CHECK (until_at >= from_at)
);

CREATE TABLE notification_rule (
    person text NOT NULL,
    urgency text NOT NULL,
    "position" integer NOT NULL,
    after_seconds integer NOT NULL,
    contact_id bigint NOT NULL,
    CONSTRAINT notification_rule_after_check CHECK (after_seconds >= 0 AND after_seconds <= 86400),
    CONSTRAINT notification_rule_pkey PRIMARY KEY (person, urgency, "position"),
    CONSTRAINT notification_rule_urgency_check CHECK (urgency = ANY (ARRAY['high'::text, 'low'::text]))
);

CREATE TABLE outcome_subscription (
    person text NOT NULL,
    outcomes text[] NOT NULL,
    CONSTRAINT outcome_subscription_pkey PRIMARY KEY (person)
);

CREATE TABLE page (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    escalation_id bigint NOT NULL,
    incident_id bigint NOT NULL,
    run integer NOT NULL,
    pass integer NOT NULL,
    step integer NOT NULL,
    kind text NOT NULL,
    address text NOT NULL,
    urgency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    crowded boolean DEFAULT false NOT NULL,
    CONSTRAINT page_address_check CHECK (address <> ''::text),
    CONSTRAINT page_kind_check CHECK (kind = ANY (ARRAY['person'::text, 'channel'::text, 'webhook'::text])),
    CONSTRAINT page_once_key UNIQUE (escalation_id, run, pass, step, kind, address),
    CONSTRAINT page_pkey PRIMARY KEY (id),
    CONSTRAINT page_urgency_check CHECK (urgency = ANY (ARRAY['high'::text, 'low'::text]))
);

CREATE TABLE page_plan (
    page_id bigint NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    unreachable text DEFAULT ''::text NOT NULL,
    CONSTRAINT page_plan_pkey PRIMARY KEY (page_id)
);

CREATE TABLE person (
    id text NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT person_handle_check CHECK (handle <> ''::text),
    CONSTRAINT person_id_check CHECK (id <> ''::text),
    CONSTRAINT person_pkey PRIMARY KEY (id)
);

CREATE TABLE policy (
    id text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT policy_id_check CHECK (id <> ''::text),
    CONSTRAINT policy_pkey PRIMARY KEY (id)
);

CREATE TABLE postmortem (
    incident_id bigint NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    read_key text NOT NULL,
    drafted_at timestamp with time zone,
    CONSTRAINT postmortem_pkey PRIMARY KEY (incident_id),
    CONSTRAINT postmortem_read_key_key UNIQUE (read_key),
    CONSTRAINT postmortem_state_check CHECK (state = ANY (ARRAY['draft'::text, 'in review'::text, 'published'::text]))
);

CREATE TABLE postmortem_section (
    incident_id bigint NOT NULL,
    section text NOT NULL,
    generated text DEFAULT ''::text NOT NULL,
    written text DEFAULT ''::text NOT NULL,
    written_by text DEFAULT ''::text NOT NULL,
    written_at timestamp with time zone,
    based_on text DEFAULT ''::text NOT NULL,
    CONSTRAINT postmortem_section_pkey PRIMARY KEY (incident_id, section)
);

CREATE TABLE river_job (
    id bigint DEFAULT nextval('river_job_id_seq'::regclass) NOT NULL,
    state river_job_state DEFAULT 'available'::river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK (finalized_at IS NULL AND (state <> ALL (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state])) OR finalized_at IS NOT NULL AND (state = ANY (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state]))),
    CONSTRAINT kind_length CHECK (char_length(kind) > 0 AND char_length(kind) < 128),
    CONSTRAINT max_attempts_is_positive CHECK (max_attempts > 0),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (char_length(queue) > 0 AND char_length(queue) < 128),
    CONSTRAINT river_job_pkey PRIMARY KEY (id)
);

CREATE UNLOGGED TABLE river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (char_length(leader_id) > 0 AND char_length(leader_id) < 128),
    CONSTRAINT name_length CHECK (name = 'default'::text),
    CONSTRAINT river_leader_pkey PRIMARY KEY (name)
);

CREATE TABLE river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (char_length(line) > 0 AND char_length(line) < 128),
    CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version),
    CONSTRAINT version_gte_1 CHECK (version >= 1)
);

CREATE TABLE river_notification (
    id bigint DEFAULT nextval('river_notification_id_seq'::regclass) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT river_notification_pkey PRIMARY KEY (id),
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);

CREATE TABLE river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT river_queue_pkey PRIMARY KEY (name)
);

CREATE TABLE schedule (
    id text NOT NULL,
    definition jsonb NOT NULL,
    user_group text DEFAULT ''::text NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT schedule_id_check CHECK (id <> ''::text),
    CONSTRAINT schedule_pkey PRIMARY KEY (id)
);

CREATE TABLE schedule_override (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    schedule text NOT NULL,
    action text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    replaced text DEFAULT ''::text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    removed_by text DEFAULT ''::text NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT schedule_override_action_check CHECK (action = ANY (ARRAY['set'::text, 'add'::text, 'remove'::text, 'replace'::text])),
    CONSTRAINT schedule_override_people_check CHECK ((person <> ''::text) = (action = ANY (ARRAY['set'::text, 'add'::text, 'replace'::text])) AND (replaced <> ''::text) = (action = ANY (ARRAY['remove'::text, 'replace'::text]))),
    CONSTRAINT schedule_override_pkey PRIMARY KEY (id),
    CONSTRAINT schedule_override_span_check CHECK (until_at > from_at)
);

CREATE TABLE service (
    id text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT service_pkey PRIMARY KEY (id)
);

CREATE TABLE signing_key (
    only_one boolean DEFAULT true NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT signing_key_length_check CHECK (length(key) >= 32),
    CONSTRAINT signing_key_only_one_check CHECK (only_one),
    CONSTRAINT signing_key_pkey PRIMARY KEY (only_one)
);

CREATE TABLE slack_cursor (
    channel text NOT NULL,
    last_ts text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT slack_cursor_pkey PRIMARY KEY (channel)
);

CREATE TABLE slack_inbound (
    key text NOT NULL,
    kind text NOT NULL,
    payload jsonb,
    claimed_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT slack_inbound_pkey PRIMARY KEY (key)
);

CREATE TABLE slack_person (
    id text NOT NULL,
    name text NOT NULL,
    real_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    zone text DEFAULT 'UTC'::text NOT NULL,
    deactivated boolean DEFAULT false NOT NULL,
    bot boolean DEFAULT false NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    CONSTRAINT slack_person_pkey PRIMARY KEY (id)
);

CREATE TABLE slack_step (
    incident_id bigint NOT NULL,
    step text NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    remote_channel text DEFAULT ''::text NOT NULL,
    remote_id text DEFAULT ''::text NOT NULL,
    drawn bigint DEFAULT 0 NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    worker text DEFAULT ''::text NOT NULL,
    held_until timestamp with time zone,
    started_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT slack_step_pkey PRIMARY KEY (incident_id, step),
    CONSTRAINT slack_step_state_check CHECK (state = ANY (ARRAY['started'::text, 'done'::text, 'failed'::text, 'skipped'::text]))
);

CREATE TABLE task (
    incident_id bigint NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    due_on date,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    source_channel text DEFAULT ''::text NOT NULL,
    source_ts text DEFAULT ''::text NOT NULL,
    CONSTRAINT task_kind_check CHECK (kind = ANY (ARRAY['task'::text, 'action'::text])),
    CONSTRAINT task_pkey PRIMARY KEY (incident_id, number),
    CONSTRAINT task_text_check CHECK (text <> ''::text)
);

CREATE TABLE team (
    id text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT team_pkey PRIMARY KEY (id)
);

CREATE TABLE ticket (
    incident_id bigint NOT NULL,
    task integer NOT NULL,
    state text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    worker text DEFAULT ''::text NOT NULL,
    held_until timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ticket_pkey PRIMARY KEY (incident_id, task),
    CONSTRAINT ticket_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'open'::text, 'done'::text]))
);

CREATE TABLE timeline_entry (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    incident_id bigint NOT NULL,
    kind text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    subject bigint,
    source_channel text DEFAULT ''::text NOT NULL,
    source_ts text DEFAULT ''::text NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT timeline_entry_pkey PRIMARY KEY (id)
);

CREATE TABLE timeline_file (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    incident_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    remote_id text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    content bytea,
    reason text DEFAULT ''::text NOT NULL,
    saved_at timestamp with time zone,
    CONSTRAINT timeline_file_pkey PRIMARY KEY (id),
    CONSTRAINT timeline_file_remote_key UNIQUE (entry_id, remote_id)
);

CREATE TABLE timeline_mark (
    incident_id bigint NOT NULL,
    channel text NOT NULL,
    message_ts text NOT NULL,
    person text NOT NULL,
    mark text NOT NULL,
    present boolean NOT NULL,
    event_ts text NOT NULL,
    CONSTRAINT timeline_mark_mark_check CHECK (mark = ANY (ARRAY['pin'::text, 'emoji'::text, 'star'::text, 'action'::text, 'shortcut'::text])),
    CONSTRAINT timeline_mark_pkey PRIMARY KEY (incident_id, channel, message_ts, person, mark)
);

CREATE TABLE useless_reply (
    method text NOT NULL,
    address text NOT NULL,
    count integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT useless_reply_pkey PRIMARY KEY (method, address)
);

CREATE TABLE user_group (
    id text NOT NULL,
    handle text NOT NULL,
    members text[] DEFAULT '{}'::text[] NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    CONSTRAINT user_group_pkey PRIMARY KEY (id)
);

CREATE TABLE user_group_try (
    user_group text NOT NULL,
    people text[] DEFAULT '{}'::text[] NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    CONSTRAINT user_group_try_pkey PRIMARY KEY (user_group)
);

ALTER TABLE contact_verification ADD CONSTRAINT contact_verification_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method(id) ON DELETE CASCADE;

ALTER TABLE cover_request ADD CONSTRAINT cover_request_override_fkey FOREIGN KEY (override_id) REFERENCES schedule_override(id) ON DELETE SET NULL;

ALTER TABLE cover_request ADD CONSTRAINT cover_request_schedule_fkey FOREIGN KEY (schedule) REFERENCES schedule(id) ON DELETE CASCADE;

ALTER TABLE delivery ADD CONSTRAINT delivery_bundle_fkey FOREIGN KEY (bundle_id) REFERENCES delivery(id) ON DELETE SET NULL;

ALTER TABLE delivery ADD CONSTRAINT delivery_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method(id) ON DELETE SET NULL;

ALTER TABLE delivery ADD CONSTRAINT delivery_escalation_fkey FOREIGN KEY (escalation_id) REFERENCES escalation(id) ON DELETE CASCADE;

ALTER TABLE delivery ADD CONSTRAINT delivery_page_fkey FOREIGN KEY (page_id) REFERENCES page(id) ON DELETE CASCADE;

ALTER TABLE escalation ADD CONSTRAINT escalation_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE hypothesis ADD CONSTRAINT hypothesis_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE incident_role ADD CONSTRAINT incident_role_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE notification_rule ADD CONSTRAINT notification_rule_contact_fkey FOREIGN KEY (contact_id) REFERENCES contact_method(id) ON DELETE CASCADE;

ALTER TABLE page ADD CONSTRAINT page_escalation_fkey FOREIGN KEY (escalation_id) REFERENCES escalation(id) ON DELETE CASCADE;

ALTER TABLE page_plan ADD CONSTRAINT page_plan_page_fkey FOREIGN KEY (page_id) REFERENCES page(id) ON DELETE CASCADE;

ALTER TABLE postmortem ADD CONSTRAINT postmortem_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE postmortem_section ADD CONSTRAINT postmortem_section_postmortem_fkey FOREIGN KEY (incident_id) REFERENCES postmortem(incident_id) ON DELETE CASCADE;

ALTER TABLE schedule_override ADD CONSTRAINT schedule_override_schedule_fkey FOREIGN KEY (schedule) REFERENCES schedule(id) ON DELETE CASCADE;

ALTER TABLE slack_step ADD CONSTRAINT slack_step_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE task ADD CONSTRAINT task_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE ticket ADD CONSTRAINT ticket_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE timeline_entry ADD CONSTRAINT timeline_entry_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE timeline_file ADD CONSTRAINT timeline_file_entry_fkey FOREIGN KEY (entry_id) REFERENCES timeline_entry(id) ON DELETE CASCADE;

ALTER TABLE timeline_file ADD CONSTRAINT timeline_file_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

ALTER TABLE timeline_mark ADD CONSTRAINT timeline_mark_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;

CREATE INDEX calendar_feed_created_by_idx ON calendar_feed USING btree (created_by) WHERE revoked_at IS NULL;

CREATE INDEX contact_method_person_idx ON contact_method USING btree (person);

CREATE INDEX cover_request_open_idx ON cover_request USING btree (until_at) WHERE state = 'open'::text;

CREATE INDEX delivery_bundle_idx ON delivery USING btree (bundle_id) WHERE bundle_id IS NOT NULL;

CREATE INDEX delivery_code_idx ON delivery USING btree (method, address, code) WHERE code > 0;

CREATE INDEX delivery_contact_idx ON delivery USING btree (contact_id, sent_at);

CREATE INDEX delivery_due_idx ON delivery USING btree (due_at) WHERE state = ANY (ARRAY['planned'::text, 'sending'::text]);

CREATE INDEX delivery_escalation_idx ON delivery USING btree (escalation_id, person);

CREATE INDEX delivery_incident_idx ON delivery USING btree (incident_id);

CREATE UNIQUE INDEX delivery_outcome_key ON delivery USING btree (escalation_id, person, outcome) WHERE kind = 'status'::text;

CREATE INDEX delivery_vendor_idx ON delivery USING btree (method, vendor_id) WHERE vendor_id <> ''::text;

CREATE INDEX escalation_held_idx ON escalation USING btree (service) WHERE held;

CREATE INDEX escalation_incident_idx ON escalation USING btree (incident_id);

CREATE INDEX escalation_next_due_idx ON escalation USING btree (next_due_at) WHERE next_due_at IS NOT NULL;

CREATE UNIQUE INDEX escalation_open_key ON escalation USING btree (dedup_key) WHERE state <> 'resolved'::text;

CREATE INDEX escalation_service_idx ON escalation USING btree (service, fired_at) WHERE service <> ''::text;

CREATE INDEX handoff_notice_at_idx ON handoff_notice USING btree (at);

CREATE INDEX incident_open_idx ON incident USING btree (severity, id DESC) WHERE status = ANY (ARRAY['triage'::text, 'active'::text, 'mitigated'::text]);

CREATE UNIQUE INDEX incident_room_channel_key ON incident USING btree (room_channel) WHERE room_channel <> ''::text;

CREATE INDEX incident_update_due_idx ON incident USING btree (update_due_at) WHERE update_due_at IS NOT NULL;

CREATE INDEX incident_role_person_idx ON incident_role USING btree (person, incident_id);

CREATE INDEX maintenance_until_idx ON maintenance USING btree (until_at);

CREATE INDEX notification_rule_contact_idx ON notification_rule USING btree (contact_id);

CREATE INDEX page_address_idx ON page USING btree (address, created_at) WHERE kind = 'person'::text;

CREATE UNIQUE INDEX person_handle_key ON person USING btree (handle) WHERE removed_at IS NULL;

CREATE INDEX river_job_args_index ON river_job USING gin (args);

CREATE INDEX river_job_kind ON river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON river_job USING btree (state, finalized_at) WHERE finalized_at IS NOT NULL;

CREATE UNIQUE INDEX river_job_unique_idx ON river_job USING btree (unique_key) WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL AND river_job_state_in_bitmask(unique_states, state);

CREATE INDEX river_notification_created_at_idx ON river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON river_notification USING btree (topic, id);

CREATE INDEX schedule_override_schedule_idx ON schedule_override USING btree (schedule, until_at);

CREATE INDEX slack_inbound_claimed_idx ON slack_inbound USING btree (claimed_at);

CREATE INDEX task_owner_open_idx ON task USING btree (owner, incident_id) WHERE done_at IS NULL AND withdrawn_at IS NULL AND owner <> ''::text;

CREATE UNIQUE INDEX task_source_key ON task USING btree (incident_id, kind, source_channel, source_ts) WHERE source_ts <> ''::text;

CREATE UNIQUE INDEX ticket_key_key ON ticket USING btree (key) WHERE key <> ''::text;

CREATE INDEX ticket_open_idx ON ticket USING btree (updated_at) WHERE state = 'open'::text;

CREATE INDEX timeline_entry_order_idx ON timeline_entry USING btree (incident_id, occurred_at, id);

CREATE UNIQUE INDEX timeline_entry_source_key ON timeline_entry USING btree (incident_id, source_channel, source_ts) WHERE kind = 'timeline.message_captured'::text;
