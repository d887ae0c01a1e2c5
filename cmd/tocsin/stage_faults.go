package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// power switches Tocsin off and on again, and lets Jira's webhooks reach it.
type power struct{ off, on, hear func() }

// number reads a number that a script says.
func number(word string) (int, error) { return strconv.Atoi(word) }

// faultSentences are those that only plays about trouble need.
func faultSentences() []sentence {
	return []sentence{
		{form(`tocsin stops`), (*stage).stops},
		{form(`tocsin starts`), (*stage).starts},
		{form(`PERSON makes the channel CHANNEL`), (*stage).makesChannel},
		{form(`PERSON invites the bot to CHANNEL`), (*stage).invitesBot},
		{form(`slack loses the card of CHANNEL`), (*stage).slackLosesCard},
		{form(`slack falls silent`), (*stage).slackSilent},
		{form(`slack repeats the next envelope as a retry`), (*stage).slackRetries},
		{form(`slack takes WORD to answer WORD`), (*stage).slackSlow},
		{form(`slack storms WORD with WORD limits`), (*stage).slackStorms},
		{form(`slack was asked WORD at most WORD times`), (*stage).slackAsked},
		{form(`jira takes WORD to answer`), (*stage).jiraSlow},
		{form(`jira limits WORD calls for WORD`), (*stage).jiraLimits},
		{form(`jira shows new issues in searches after WORD`), (*stage).jiraLags},
		{form(`jira hears again`), (*stage).jiraHears},
		{form(`jira deletes QUOTED`), (*stage).jiraDeletes},
		{form(`there are at most WORD jobs`), (*stage).fewJobs},
	}
}

func (s *stage) slackSlow(_ context.Context, a []string) error {
	d, err := time.ParseDuration(a[0])
	if err != nil {
		return err
	}
	s.slack.Chaos.SlowAnswer(a[1], d, 1)
	return nil
}

func (s *stage) stops(context.Context, []string) error {
	if s.power.off == nil {
		return errors.New("this play cannot stop Tocsin")
	}
	s.power.off()
	return nil
}

func (s *stage) starts(context.Context, []string) error {
	if s.power.on == nil {
		return errors.New("this play cannot start Tocsin")
	}
	s.power.on()
	return nil
}

func (s *stage) makesChannel(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	_, err = p.Creates(bare(a[1]), false)
	return err
}

func (s *stage) invitesBot(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	return p.Invites(bare(a[1]), s.slack.BotUserID())
}

// slackLosesCard deletes the pinned message of a room, as an admin may.
func (s *stage) slackLosesCard(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		c, ok := s.slack.Channel(bare(a[0]))
		pinned := s.slack.Pinned(bare(a[0]))
		if !ok || len(pinned) == 0 {
			return errors.New("there is no card")
		}
		return s.app().Bot.API.DeleteMessage(ctx, c.ID, pinned[0].TS)
	})
}

// slackSilent lets nothing through any more on the connections that are open.
func (s *stage) slackSilent(context.Context, []string) error {
	s.slack.Chaos.Blackhole()
	return nil
}

func (s *stage) slackRetries(context.Context, []string) error {
	s.slack.Chaos.DuplicateNextEnvelope(false)
	return nil
}

// slackStorms refuses the next calls for their rate.
func (s *stage) slackStorms(_ context.Context, a []string) error {
	n, err := number(a[1])
	if err != nil {
		return err
	}
	s.slack.Chaos.RateLimitNext(a[0], 2*time.Second, n)
	return nil
}

func (s *stage) slackAsked(_ context.Context, a []string) error {
	n, err := number(a[1])
	if err != nil {
		return err
	}
	if calls := len(s.slack.Calls(a[0])); calls > n {
		return fmt.Errorf("it was asked %d times", calls)
	}
	return nil
}

func (s *stage) jiraSlow(_ context.Context, a []string) error {
	return s.span(a[0], func(j *jirasim.Sim, d time.Duration) error { j.Delay(d); return nil })
}

func (s *stage) jiraLags(_ context.Context, a []string) error {
	return s.span(a[0], func(j *jirasim.Sim, d time.Duration) error { j.IndexLag(d); return nil })
}

func (s *stage) jiraLimits(_ context.Context, a []string) error {
	n, err := number(a[0])
	if err != nil {
		return err
	}
	return s.span(a[1], func(j *jirasim.Sim, d time.Duration) error { j.RateLimit(n, d); return nil })
}

func (s *stage) jiraHears(context.Context, []string) error {
	return s.tracked(func(*jirasim.Sim) error {
		if s.power.hear == nil {
			return errors.New("this play cannot connect Jira's webhooks")
		}
		s.power.hear()
		return nil
	})
}

func (s *stage) jiraDeletes(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			card, err := findCard(j, a[0])
			if err != nil {
				return err
			}
			return j.Delete(card.Key, "alice")
		})
	})
}

func (s *stage) span(word string, do func(*jirasim.Sim, time.Duration) error) error {
	d, err := time.ParseDuration(word)
	if err != nil {
		return err
	}
	return s.tracked(func(j *jirasim.Sim) error { return do(j, d) })
}

// fewJobs bounds what an outage may leave in the queue. The jobs that run by the
// clock are left out: their number says how long a play takes.
func (s *stage) fewJobs(ctx context.Context, a []string) error {
	n, err := number(a[0])
	if err != nil {
		return err
	}
	rows, err := s.app().parts.Pool.Query(ctx, `
		SELECT kind || ' ' || state || ' ' || count(*), count(*)
		FROM river_job
		WHERE kind <> ALL ($1)
		GROUP BY kind, state
		ORDER BY 1`, []string{paging.Audit{}.Kind(), bot.TellHandoffs{}.Kind(), bot.SyncGroups{}.Kind()})
	if err != nil {
		return err
	}
	defer rows.Close()
	var seen []string
	all := 0
	for rows.Next() {
		var text string
		var count int
		if err := rows.Scan(&text, &count); err != nil {
			return err
		}
		seen, all = append(seen, text), all+count
	}
	if all > n {
		return fmt.Errorf("there are %d: %s", all, strings.Join(seen, ", "))
	}
	return rows.Err()
}
