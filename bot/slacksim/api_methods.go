package slacksim

// Rate tiers: calls per minute and method.
const (
	tier2   = 20
	tier3   = 50
	tier4   = 100
	special = 600 // "hundreds per minute"
)

var (
	chatWrite      = []string{"chat:write"}
	manageAny      = []string{"groups:write", "im:write", "mpim:write", "channels:write", "channels:manage"}
	readAny        = []string{"groups:read", "im:read", "mpim:read", "channels:read"}
	historyAny     = []string{"groups:history", "im:history", "mpim:history", "channels:history"}
	topicAny       = []string{"channels:write.topic", "groups:write.topic", "mpim:write.topic", "im:write.topic", "channels:manage", "groups:write", "im:write", "mpim:write"}
	inviteAny      = []string{"channels:write.invites", "groups:write.invites", "channels:manage", "groups:write", "im:write", "mpim:write"}
	bookmarksWrite = []string{"bookmarks:write"}
	pinsWrite      = []string{"pins:write"}
	reactionsWrite = []string{"reactions:write"}
	usersRead      = []string{"users:read"}
	groupsRead     = []string{"usergroups:read"}
	groupsWrite    = []string{"usergroups:write"}
	filesWrite     = []string{"files:write"}
)

// methods are all methods this Slack knows. Any other is unknown_method.
var methods = map[string]method{
	"api.test":              {do: apiTest, tier: tier4, open: true},
	"auth.test":             {do: authTest, tier: special},
	"apps.connections.open": {do: openConnection, tier: tier3, post: true, app: true},
	"team.info":             {do: teamInfo, scopes: []string{"team:read"}, tier: tier3},
	"bots.info":             {do: botInfo, scopes: usersRead, tier: tier3, query: true},
	"emoji.list":            {do: emojiList, scopes: []string{"emoji:read"}, tier: tier2, query: true},
	"dnd.info":              {do: dndInfo, scopes: []string{"dnd:read"}, tier: tier3, query: true},
	"dnd.teamInfo":          {do: dndTeamInfo, scopes: []string{"dnd:read"}, tier: tier2, query: true},
	"blocks.validate":       {do: validateBlocks, open: true},

	"chat.postMessage":            {do: postMessage, scopes: chatWrite},
	"chat.update":                 {do: updateMessage, scopes: chatWrite, tier: tier3},
	"chat.delete":                 {do: deleteMessage, scopes: chatWrite, tier: tier3},
	"chat.postEphemeral":          {do: postEphemeral, scopes: chatWrite, tier: tier4},
	"chat.getPermalink":           {do: getPermalink, tier: special, query: true},
	"chat.scheduleMessage":        {do: scheduleMessage, scopes: chatWrite, tier: tier3},
	"chat.deleteScheduledMessage": {do: deleteScheduled, scopes: chatWrite, tier: tier3},
	"chat.scheduledMessages.list": {do: listScheduled, tier: tier3},

	"conversations.create":     {do: createConversation, scopes: manageAny, tier: tier2},
	"conversations.invite":     {do: inviteToConversation, scopes: inviteAny, tier: tier3},
	"conversations.join":       {do: joinConversation, scopes: []string{"channels:join"}, tier: tier3},
	"conversations.leave":      {do: leaveConversation, scopes: manageAny, tier: tier3},
	"conversations.kick":       {do: kickFromConversation, scopes: []string{"groups:write", "channels:manage"}, tier: tier3},
	"conversations.setTopic":   {do: setConversationTopic, scopes: topicAny, tier: tier2},
	"conversations.setPurpose": {do: setConversationPurpose, scopes: topicAny, tier: tier2},
	"conversations.archive":    {do: archiveConversation, scopes: manageAny, tier: tier2},
	"conversations.unarchive":  {do: unarchiveConversation, scopes: manageAny, tier: tier2},
	"conversations.rename":     {do: renameConversation, scopes: manageAny, tier: tier2},
	"conversations.info":       {do: conversationInfo, scopes: readAny, tier: tier3, query: true},
	"conversations.list":       {do: listConversations, scopes: readAny, tier: tier2, query: true},
	"conversations.members":    {do: conversationMembers, scopes: readAny, tier: tier4, query: true},
	"conversations.history":    {do: conversationHistory, scopes: historyAny, tier: tier3},
	"conversations.replies":    {do: conversationReplies, scopes: historyAny, tier: tier3, query: true},
	"conversations.open":       {do: openConversation, scopes: []string{"channels:manage", "groups:write", "im:write", "mpim:write"}, tier: tier3},
	"conversations.close":      {do: closeConversation, scopes: manageAny, tier: tier2},
	"users.conversations":      {do: userConversations, scopes: readAny, tier: tier3, query: true},

	"bookmarks.add":    {do: addBookmark, scopes: bookmarksWrite, tier: tier2},
	"bookmarks.edit":   {do: editBookmark, scopes: bookmarksWrite, tier: tier2},
	"bookmarks.list":   {do: listBookmarks, scopes: []string{"bookmarks:read"}, tier: tier3},
	"bookmarks.remove": {do: removeBookmark, scopes: bookmarksWrite, tier: tier2},

	"pins.add":         {do: addPin, scopes: pinsWrite, tier: tier2},
	"pins.remove":      {do: removePin, scopes: pinsWrite, tier: tier2},
	"pins.list":        {do: listPins, scopes: []string{"pins:read"}, tier: tier2, query: true},
	"reactions.add":    {do: addReaction, scopes: reactionsWrite, tier: tier3},
	"reactions.remove": {do: removeReaction, scopes: reactionsWrite, tier: tier2},
	"reactions.get":    {do: getReactions, scopes: []string{"reactions:read"}, tier: tier3, query: true},

	"users.info":              {do: userInfo, scopes: usersRead, tier: tier4, query: true},
	"users.list":              {do: listUsers, scopes: usersRead, tier: tier2, query: true},
	"users.lookupByEmail":     {do: lookupByEmail, scopes: []string{"users:read.email"}, tier: tier3, query: true},
	"users.getPresence":       {do: getPresence, scopes: usersRead, tier: tier3, query: true},
	"users.profile.get":       {do: getProfile, scopes: []string{"users.profile:read"}, tier: tier4, query: true},
	"usergroups.list":         {do: listGroups, scopes: groupsRead, tier: tier2, query: true},
	"usergroups.create":       {do: createGroup, scopes: groupsWrite, tier: tier2},
	"usergroups.update":       {do: updateGroup, scopes: groupsWrite, tier: tier2},
	"usergroups.enable":       {do: enableGroup, scopes: groupsWrite, tier: tier2},
	"usergroups.disable":      {do: disableGroup, scopes: groupsWrite, tier: tier2},
	"usergroups.users.list":   {do: listGroupUsers, scopes: groupsRead, tier: tier2, query: true},
	"usergroups.users.update": {do: updateGroupUsers, scopes: groupsWrite, tier: tier2},

	"views.open":    {do: openView, tier: tier4},
	"views.push":    {do: pushView, tier: tier4},
	"views.update":  {do: updateView, tier: tier4},
	"views.publish": {do: publishView, tier: tier4},

	"files.getUploadURLExternal":   {do: getUploadURL, scopes: filesWrite, tier: tier4, query: true},
	"files.completeUploadExternal": {do: completeUpload, scopes: filesWrite, tier: tier4},
	"files.info":                   {do: fileInfo, scopes: []string{"files:read"}, tier: tier4, query: true},
	"files.delete":                 {do: deleteFile, scopes: filesWrite, tier: tier3},
}
