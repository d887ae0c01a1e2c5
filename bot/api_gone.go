package bot

const (
	ourFault      = "Slack does not accept what Tocsin sent. That is a defect of Tocsin: report it together with the log of this moment."
	reinstall     = "Slack no longer accepts Tocsin's bot token. Install the app again and set the new token as SLACK_BOT_TOKEN."
	noSuchPerson  = "Slack does not know this person, or they have left. Check the name."
	noSuchMessage = "The message is no longer there. If it is needed, say it again."
	mayNotPost    = "Tocsin may not post in this channel. Ask a workspace admin to allow it, or choose another channel."
	mayNotSee     = "Tocsin may not see this. Ask whoever owns it to share it with Tocsin."
	cannotInvite  = "Slack does not let Tocsin invite this person to the channel. Ask a member of the channel or a workspace admin to do it."
	notAllowed    = "The settings of the Slack workspace do not allow this. Ask a workspace admin."
	fileTrouble   = "Slack refuses the file. Share it by hand."
	frozen        = "Slack does not let this message be changed any more. Look for a newer one."
	triggerOver   = "Slack allows three seconds to open a window, and they were over. Try again."
	badName       = "Slack does not accept the channel's name. Choose one of at most 80 lower-case letters, digits and hyphens."
	groupTrouble  = "Slack does not take somebody who is on call into the user group. Check that they are active members of the workspace."
	tooLong       = "The message is longer than Slack allows. Shorten the texts in it."
)

// goneSentences are the errors that trying again does not mend, by Slack's code,
// with what people are told. The codes are those of the methods in perMinute, in
// Slack's method definitions of August 2026.
var goneSentences = map[string]string{
	// The token.
	"account_inactive": reinstall, "invalid_auth": reinstall, "not_authed": reinstall, "token_expired": reinstall, "token_revoked": reinstall,
	"not_allowed_token_type":    "SLACK_BOT_TOKEN is not a bot token. Set the one that begins with xoxb-.",
	"is_bot":                    "SLACK_BOT_TOKEN is the token of a legacy bot. Set the one that begins with xoxb- of the app's OAuth page.",
	"missing_scope":             "The Slack app lacks the permission %s. Add it under OAuth & Permissions and install the app again.",
	"two_factor_setup_required": "The workspace requires two-factor authentication of whoever installed the app. They must set it up.",
	"accesslimited":             "Slack does not take calls from this network. Ask a workspace admin to allow its address.",
	"access_denied":             notAllowed, "ekm_access_denied": notAllowed, "enterprise_is_restricted": notAllowed, "team_not_found": notAllowed,
	"no_permission": notAllowed, "permission_denied": notAllowed, "app_access_restricted": notAllowed, "restricted_action": notAllowed,
	"team_access_not_granted": notAllowed, "not_enabled": "The app's Home tab is switched off. Switch it on under App Home.",

	// The channel.
	"channel_not_found":         "The channel does not exist, or Tocsin cannot see it. If it is private, invite Tocsin to it.",
	"is_archived":               "The channel is archived. Un-archive it in Slack, or go on in another channel.",
	"not_in_channel":            "Tocsin is not in the channel. Invite it there.",
	"is_inactive":               "The channel is frozen, archived or deleted. Un-archive it in Slack, or go on in another channel.",
	"channel_is_limited_access": mayNotSee,
	"name_taken":                "Another channel has this name already. Choose another name.",
	"invalid_name":              badName, "invalid_name_maxlength": badName, "invalid_name_punctuation": badName, "invalid_name_required": badName,
	"invalid_name_specials": badName, "no_channel": badName,
	"cannot_create_channel":                 notAllowed,
	"canvas_disabled_user_team":             notAllowed,
	"cant_archive_general":                  "The workspace's general channel cannot be archived.",
	"cant_archive_required":                 "This channel is required by the workspace and cannot be archived.",
	"method_not_supported_for_channel_type": "Slack cannot do this in a conversation of this kind. Try it in a channel.",
	"not_authorized":                        "Tocsin may only rename channels that it made. Rename it by hand.",
	"too_long":                              "The topic is longer than the 250 characters that Slack allows. Shorten it.",
	"too_many_members":                      "The channel is full. Choose another one.",

	// People.
	"user_not_found": noSuchPerson, "users_not_found": noSuchPerson, "user_not_visible": noSuchPerson, "user_disabled": noSuchPerson,
	"user_not_in_channel":           "The person is not in the channel, so Slack cannot show them anything there. Invite them first.",
	"cant_invite":                   cannotInvite,
	"cant_invite_self":              "Tocsin cannot invite itself.",
	"app_cannot_join_channel":       "An app cannot be invited to this channel.",
	"invitee_cant_see_channel":      cannotInvite,
	"org_user_not_in_team":          "The person is in the organisation, but not in this workspace. Ask a workspace admin to add them.",
	"no_external_invite_permission": cannotInvite,
	"ura_max_channels":              "The person is a guest who is in as many channels as a guest may be. Ask a workspace admin.",
	"user_is_restricted":            "The person is a guest who may not enter this channel. Ask a workspace admin.",
	"invalid_user_combination":      cannotInvite,
	"not_enough_users":              ourFault, "no_user": ourFault, "users_list_not_supplied": ourFault, "too_many_users": ourFault,

	// User groups.
	"plan_upgrade_required":      "The workspace’s Slack plan has no user groups. Take user_group out of the organisation file, or upgrade the plan.",
	"failed_for_some_users":      groupTrouble,
	"invalid_users":              groupTrouble,
	"subteam_max_users_exceeded": "The user group is full. Take people out of the schedule, or use another group.",
	"no_users_provided":          ourFault,
	"invalid_team":               ourFault,

	// Messages.
	"message_not_found": noSuchMessage, "thread_not_found": noSuchMessage,
	"cant_delete_message": frozen, "cant_update_message": frozen, "edit_window_closed": frozen, "block_mismatch": frozen,
	"cannot_reply_to_message": "This message cannot have replies. Answer in the channel.",
	"cant_broadcast_message":  ourFault, "no_dual_broadcast_content_update": ourFault,
	"messages_tab_disabled":                    "The app's Messages tab is switched off, so it cannot write to people. Switch it on under App Home.",
	"restricted_action_non_threadable_channel": mayNotPost, "restricted_action_read_only_channel": mayNotPost,
	"restricted_action_thread_locked": mayNotPost, "restricted_action_thread_only_channel": mayNotPost, "posting_to_channel_denied": mayNotPost,
	"invalid_blocks": ourFault, "invalid_blocks_format": ourFault, "invalid_attachments": ourFault, "invalid_metadata_format": ourFault,
	"invalid_metadata_schema": ourFault, "metadata_must_be_sent_from_app": ourFault, "metadata_too_large": ourFault,
	"markdown_text_conflict": ourFault, "no_text": ourFault, "too_many_attachments": ourFault, "too_many_contact_cards": ourFault,
	"attachment_payload_limit_exceeded": ourFault, "send_on_behalf_not_allowed": ourFault, "as_user_not_supported": ourFault,
	"msg_blocks_too_long": tooLong, "msg_too_long": tooLong,
	"draft_already_deleted": ourFault, "draft_already_sent": ourFault, "draft_has_conflict": ourFault, "draft_not_found": ourFault,
	"duplicate_channel_not_found": ourFault, "duplicate_message_not_found": ourFault,
	"missing_file_data": fileTrouble, "blocked_file_type": fileTrouble, "file_deleted": fileTrouble, "file_is_deleted": fileTrouble,
	"file_not_found": fileTrouble, "file_share_limit_reached": fileTrouble, "max_file_sharing_exceeded": fileTrouble,
	"slack_connect_blocked_file_type": fileTrouble, "slack_connect_canvas_sharing_blocked": fileTrouble, "slack_connect_clip_sharing_blocked": fileTrouble,
	"slack_connect_file_link_sharing_blocked": fileTrouble, "slack_connect_file_upload_sharing_blocked": fileTrouble, "slack_connect_lists_sharing_blocked": fileTrouble,

	// Bookmarks, pins, reactions.
	"too_many_bookmarks":                "The channel has as many bookmarks as Slack allows. Remove one.",
	"too_many_tabs":                     "The channel has as many tabs as Slack allows. Remove one.",
	"cannot_bookmark_from_external_org": notAllowed, "cannot_bookmark_restricted_sharing_enabled": notAllowed,
	"not_implemented": notAllowed, "parent_bookmark_disabled": notAllowed,
	"file_already_added": ourFault, "invalid_app_action_type": ourFault, "invalid_bookmark_type": ourFault, "invalid_child_type": ourFault,
	"invalid_entity_id": ourFault, "invalid_parent_type": ourFault, "invalid_shortcut_type": ourFault, "parent_with_link": ourFault,
	"invalid_emoji":      "Slack does not know this emoji. Choose another one.",
	"invalid_link":       "Slack only takes links that begin with http:// or https://. Correct it.",
	"not_found":          "It is no longer there. Make it again.",
	"too_many_pins":      "The channel has as many pinned messages as Slack allows. Unpin one.",
	"not_pinnable":       "Messages of this kind cannot be pinned.",
	"file_not_shared":    fileTrouble,
	"not_reactable":      "Slack allows no reactions here.",
	"no_access":          mayNotSee,
	"thread_locked":      "The thread is locked. Ask a workspace admin.",
	"too_many_emoji":     "The message has as many different reactions as Slack allows.",
	"too_many_reactions": "Tocsin has reacted to the message as often as Slack allows.",
	"bad_timestamp":      ourFault, "no_item_specified": ourFault, "file_comment_not_found": ourFault,

	// Windows.
	"expired_trigger_id": triggerOver, "exchanged_trigger_id": triggerOver, "invalid_trigger_id": triggerOver,
	"hash_conflict":         "Somebody else has changed this window meanwhile. Look at it again.",
	"push_limit_reached":    "Slack shows at most three windows on top of each other. Close one.",
	"view_too_large":        tooLong,
	"duplicate_external_id": ourFault, "missing_profile_id": ourFault,

	// Response URLs.
	"expired_url": "Slack takes an answer for 30 minutes, and they are over. Give the command again.",
	"used_url":    "Slack takes five answers to one command. Give the command again.",

	// Arguments and the call itself.
	"invalid_arguments": ourFault, "invalid_arg_name": ourFault, "invalid_array_arg": ourFault, "invalid_charset": ourFault,
	"invalid_form_data": ourFault, "invalid_post_type": ourFault, "missing_post_type": ourFault, "missing_argument": ourFault,
	"invalid_limit": ourFault, "invalid_types": ourFault, "invalid_ts_latest": ourFault, "invalid_ts_oldest": ourFault,
	"invalid_metadata_filter_keys": ourFault, "unknown_method": ourFault, "deprecated_endpoint": ourFault, "method_deprecated": ourFault,
}
