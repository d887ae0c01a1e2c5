package twiliosim

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object.
type object map[string]any

// base is what every path of the account starts with.
const base = "/2010-04-01/Accounts/"

// Handler serves the API, and the phones as data at /api/phones.
func (s *Sim) Handler() http.Handler { return s.mux }

func (s *Sim) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"{account}", s.api(s.getAccount))
	mux.HandleFunc("GET "+base+"{account}/Messages.json", s.api(s.listTexts))
	mux.HandleFunc("POST "+base+"{account}/Messages.json", s.api(s.createText))
	mux.HandleFunc("GET "+base+"{account}/Messages/{sid}", s.api(s.getText))
	mux.HandleFunc("GET "+base+"{account}/Calls.json", s.api(s.listCalls))
	mux.HandleFunc("POST "+base+"{account}/Calls.json", s.api(s.createCall))
	mux.HandleFunc("GET "+base+"{account}/Calls/{sid}", s.api(s.getCall))
	mux.HandleFunc(base, func(w http.ResponseWriter, r *http.Request) { notFound(w, r) })
	s.routePhones(mux)
	return mux
}

// api stands before every call: it notes the request, lets faults strike, and checks
// the login.
func (s *Sim) api(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			refuse(w, http.StatusBadRequest, 20001, "The body is not a form")
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.Form})
		s.mu.Unlock()
		if s.strike(w, r) {
			return
		}
		user, password, _ := r.BasicAuth()
		known := subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(s.options.AccountSID+":"+s.options.AuthToken)) == 1
		switch {
		case !known:
			refuse(w, http.StatusUnauthorized, 20003, "Authenticate")
		case strings.TrimSuffix(r.PathValue("account"), ".json") != s.options.AccountSID:
			notFound(w, r)
		default:
			next(w, r)
		}
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, http.StatusNotFound, 20404, fmt.Sprintf("The requested resource %s was not found", r.URL.Path))
}

// refuse says no as Twilio does.
func refuse(w http.ResponseWriter, status, code int, message string) {
	answer(w, status, object{"code": code, "message": message, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), "status": status})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}

// created answers a write, unless its answer is to be lost.
func (s *Sim) created(w http.ResponseWriter, body object) {
	s.mu.Lock()
	drop := use(&s.faults.drops)
	s.mu.Unlock()
	if drop {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusCreated, body)
}

func (s *Sim) getAccount(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, object{
		"sid": s.options.AccountSID, "friendly_name": "Simulated account", "status": "active", "type": "Full",
		"owner_account_sid": s.options.AccountSID, "uri": r.URL.Path, "subresource_uris": object{},
	})
}

// page answers one page of a list, which is newest first.
func page[T any](w http.ResponseWriter, r *http.Request, name string, items []T, wire func(T) object) {
	size, number := 50, 0
	if n, err := strconv.Atoi(r.Form.Get("PageSize")); err == nil && n > 0 {
		size = min(n, 1000)
	}
	if n, err := strconv.Atoi(r.Form.Get("Page")); err == nil && n > 0 {
		number = n
	}
	slices.Reverse(items)
	start := min(number*size, len(items))
	end := min(start+size, len(items))
	list := []object{}
	for _, item := range items[start:end] {
		list = append(list, wire(item))
	}
	at := func(n int) string {
		q := maybe(r.URL.Query())
		q.Set("Page", strconv.Itoa(n))
		q.Set("PageSize", strconv.Itoa(size))
		return r.URL.Path + "?" + q.Encode()
	}
	body := object{name: list, "page": number, "page_size": size, "start": start, "end": max(end-1, 0), "uri": at(number), "first_page_uri": at(0), "next_page_uri": nil, "previous_page_uri": nil}
	if end < len(items) {
		body["next_page_uri"] = at(number + 1)
	}
	if number > 0 {
		body["previous_page_uri"] = at(number - 1)
	}
	answer(w, http.StatusOK, body)
}

func maybe(q url.Values) url.Values {
	if q == nil {
		return url.Values{}
	}
	return q
}
