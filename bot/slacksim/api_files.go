package slacksim

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

const maxUpload = 64 << 20 // bytes this workspace is willing to keep

// file is an uploaded file.
type file struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Title    string              `json:"title"`
	User     string              `json:"user"`
	Created  int64               `json:"created"`
	Size     int                 `json:"size"` // promised before the upload
	Content  []byte              `json:"content"`
	Complete bool                `json:"complete"`
	Shares   map[string][]string `json:"shares"` // channel id -> ts of the messages
}

func (w *Workspace) addFile(user, name, caption string, content []byte) *file {
	f := &file{
		ID: w.newID("F"), Name: name, Title: caption, User: user, Created: time.Now().Unix(), Size: len(content),
		Content: content, Complete: content != nil, Shares: map[string][]string{},
	}
	if f.Title == "" {
		f.Title = name
	}
	w.state.Files[f.ID] = f
	return f
}

// share posts a file in a channel with a message.
func (w *Workspace) share(c *channel, f *file, m *Message) {
	m.Files = append(m.Files, f.ID)
	f.Shares[c.ID] = append(f.Shares[c.ID], "")
	w.append(c, m)
	f.Shares[c.ID][len(f.Shares[c.ID])-1] = m.TS
	w.emitIn(c, object{
		"type": "file_shared", "file_id": f.ID, "user_id": f.User, "file": object{"id": f.ID}, "channel_id": c.ID,
		"event_ts": w.stamp(),
	})
}

// File is the content of an uploaded file; false when there is none.
func (w *Workspace) File(id string) (name string, content []byte, found bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.state.Files[id]
	if f == nil {
		return "", nil, false
	}
	return f.Name, slices.Clone(f.Content), true
}

func (f *file) kind() (mimetype, filetype, pretty string) {
	filetype = strings.TrimPrefix(path.Ext(f.Name), ".")
	mimetype, _, _ = strings.Cut(mime.TypeByExtension(path.Ext(f.Name)), ";")
	if mimetype == "" {
		mimetype, filetype = "text/plain", "text"
	}
	return mimetype, filetype, strings.ToUpper(filetype)
}

func (w *Workspace) fileJSON(f *file) object {
	mimetype, filetype, pretty := f.kind()
	private := fmt.Sprintf("%s/files/private/%s/%s", w.URL(), f.ID, path.Base("/"+f.Name))
	shares := map[string][]string{"public": {}, "private": {}, "im": {}}
	byID := map[string]object{"public": {}, "private": {}}
	for id, stamps := range f.Shares {
		c := w.channelByID(id)
		if c == nil {
			continue
		}
		where := map[string]string{"channel": "public", "group": "private"}[c.Kind]
		if where == "" {
			shares["im"] = append(shares["im"], id)
			continue
		}
		shares[where] = append(shares[where], id)
		byID[where][id] = w.sharesJSON(c, stamps)
	}
	return object{
		"id": f.ID, "created": f.Created, "timestamp": f.Created, "name": f.Name, "title": f.Title, "mimetype": mimetype,
		"filetype": filetype, "pretty_type": pretty, "user": f.User, "user_team": w.TeamID(), "editable": false,
		"size": len(f.Content), "mode": "hosted", "is_external": false, "external_type": "", "is_public": len(shares["public"]) > 0,
		"public_url_shared": false, "display_as_bot": false, "username": "", "url_private": private,
		"url_private_download": private, "permalink": fmt.Sprintf("https://%s.slack.com/files/%s/%s/%s", w.domain(), f.User, f.ID, f.Name),
		"channels": shares["public"], "groups": shares["private"], "ims": shares["im"], "has_rich_preview": false,
		"shares": object{"public": byID["public"], "private": byID["private"]},
	}
}

func (w *Workspace) sharesJSON(c *channel, stamps []string) []any {
	list := []any{}
	for _, ts := range stamps {
		list = append(list, object{
			"reply_users": []string{}, "reply_users_count": 0, "reply_count": 0, "ts": ts, "channel_name": c.Name,
			"team_id": w.TeamID(),
		})
	}
	return list
}

// getUploadURL answers files.getUploadURLExternal.
func getUploadURL(c *call) object {
	size := c.number("length", 0)
	switch {
	case c.text("filename") == "" || size <= 0:
		return fail("missing_argument")
	case size > maxUpload:
		return fail("file_upload_size_restricted")
	case len(c.text("alt_txt")) > 1000:
		return fail("alt_txt_too_large")
	}
	f := c.w.addFile(c.w.BotUserID(), c.text("filename"), "", nil)
	f.Size = size
	return ok(object{"upload_url": c.w.URL() + "/files/upload/" + f.ID, "file_id": f.ID})
}

func (w *Workspace) serveUpload(rw http.ResponseWriter, r *http.Request) {
	content, err := uploaded(r)
	if err != nil {
		http.Error(rw, "Bad upload: "+err.Error(), http.StatusBadRequest)
		return
	}
	status, text := w.receive(r.PathValue("id"), content)
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, text) // a caller who hung up needs no answer
}

// receive keeps the bytes of a promised file: HTTP status and text.
func (w *Workspace) receive(id string, content []byte) (int, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.state.Files[id]
	switch {
	case f == nil || f.Complete:
		return http.StatusNotFound, "404 page not found"
	case len(content) != f.Size:
		return http.StatusBadRequest, fmt.Sprintf("Expected %d bytes, got %d.", f.Size, len(content))
	}
	f.Content = content
	return http.StatusOK, fmt.Sprintf("OK - %d", len(content))
}

// uploaded takes the bytes as the body or as the first file of a form.
func uploaded(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return io.ReadAll(io.LimitReader(r.Body, maxUpload+1))
	}
	parts, err := r.MultipartReader()
	for err == nil {
		part, next := parts.NextPart()
		if next != nil {
			return nil, next
		}
		if part.FileName() != "" {
			return io.ReadAll(io.LimitReader(part, maxUpload+1))
		}
	}
	return nil, err
}

// serveFile gives a file to whoever has the bot's token and files:read. Anybody
// else gets Slack's sign-in page, with status 200.
func (w *Workspace) serveFile(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	f := w.state.Files[r.PathValue("id")]
	isThere := f != nil && f.Complete
	isApp := r.Header.Get("Authorization") == "Bearer "+w.BotToken() && w.granted("files:read") && w.state.Revoked == ""
	w.mu.Unlock()
	switch {
	case !isApp:
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(rw, "<!DOCTYPE html><html><title>Sign in | Slack</title></html>")
	case !isThere:
		http.NotFound(rw, r)
	default:
		mimetype, _, _ := f.kind()
		rw.Header().Set("Content-Type", mimetype)
		_, _ = rw.Write(f.Content) // a caller who hung up needs no file
	}
}

// completeUpload answers files.completeUploadExternal. Without a channel the
// files stay private to the app.
func completeUpload(c *call) object {
	var files []*file
	for _, each := range c.list("files") {
		entry, _ := each.(object)
		id, _ := entry["id"].(string)
		f := c.w.state.Files[id]
		if f == nil || f.Content == nil || f.User != c.w.BotUserID() || f.Complete {
			return fail("file_not_found")
		}
		if caption, _ := entry["title"].(string); caption != "" {
			f.Title = caption
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return missingField("files")
	}
	if refused := c.shareUploads(files); refused != nil {
		return refused
	}
	list := []object{}
	for _, f := range files {
		j := c.w.fileJSON(f)
		delete(j["shares"].(object), "private")
		list = append(list, j)
	}
	return ok(object{"files": list})
}

func (c *call) shareUploads(files []*file) object {
	ids := c.names("channels")
	if id := c.text("channel_id"); id != "" {
		ids = append(ids, id)
	}
	for _, id := range ids {
		c.args["channel"] = id
		ch, refused := c.home("channel")
		if refused != nil {
			return refused
		}
		m := &Message{User: c.w.BotUserID(), BotID: c.w.BotID(), Subtype: "file_share", Text: c.text("initial_comment")}
		m.ThreadTS = c.text("thread_ts")
		for _, f := range files[1:] {
			m.Files = append(m.Files, f.ID)
		}
		for _, f := range files {
			f.Complete = true
		}
		c.w.share(ch, files[0], m)
	}
	for _, f := range files {
		f.Complete = true
	}
	return nil
}

// fileInfo answers files.info.
func fileInfo(c *call) object {
	f := c.w.state.Files[c.text("file")]
	if f == nil || !f.Complete {
		return fail("file_not_found")
	}
	return ok(object{"file": c.w.fileJSON(f)})
}

// deleteFile answers files.delete: own files only.
func deleteFile(c *call) object {
	f := c.w.state.Files[c.text("file")]
	switch {
	case f == nil:
		return fail("file_not_found")
	case f.User != c.w.BotUserID():
		return fail("cant_delete_file")
	}
	delete(c.w.state.Files, f.ID)
	c.w.changed()
	return ok(nil)
}
