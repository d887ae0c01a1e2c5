package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

func (s *stage) slackDown(context.Context, []string) error { s.slack.Chaos.Down(true); return nil }
func (s *stage) slackUp(context.Context, []string) error   { s.slack.Chaos.Down(false); return nil }

func (s *stage) slackFails(_ context.Context, a []string) error {
	s.slack.Chaos.FailAlways(a[0], a[1])
	return nil
}

func (s *stage) slackHeals(_ context.Context, a []string) error {
	s.slack.Chaos.Heal(a[0])
	return nil
}

func (s *stage) slackDrops(_ context.Context, a []string) error {
	s.slack.Chaos.DropAnswer(a[0], 1)
	return nil
}

func (s *stage) slackLimits(_ context.Context, a []string) error {
	d, err := time.ParseDuration(a[1])
	if err != nil {
		return err
	}
	s.slack.Chaos.RateLimitNext(a[0], d, 5)
	return nil
}

func (s *stage) slackRepeats(context.Context, []string) error {
	s.slack.Chaos.DuplicateNextEnvelope(true)
	return nil
}

func (s *stage) slackSwaps(context.Context, []string) error { s.slack.Chaos.ReorderNext(); return nil }

func (s *stage) slackRefreshes(context.Context, []string) error {
	s.slack.Chaos.DisconnectOldest("refresh_requested")
	return nil
}

func (s *stage) slackCuts(context.Context, []string) error {
	s.slack.Chaos.Disconnect("refresh_requested")
	return nil
}

func (s *stage) slackRevokes(_ context.Context, a []string) error { s.slack.Revoke(a[0]); return nil }
func (s *stage) slackGrants(_ context.Context, a []string) error  { s.slack.Grant(a[0]); return nil }

// tracked runs do where there is a Jira.
func (s *stage) tracked(do func(*jirasim.Sim) error) error {
	if s.jira == nil {
		return errNoTracker
	}
	return do(s.jira)
}

func (s *stage) jiraDown(context.Context, []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.Down(true); return nil })
}

func (s *stage) jiraUp(context.Context, []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.Down(false); return nil })
}

func (s *stage) jiraDrops(context.Context, []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.DropAnswer(1); return nil })
}

func (s *stage) jiraRequires(_ context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.RequireField(a[0]); return nil })
}

func (s *stage) jiraAllows(_ context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.AllowEmpty(a[0]); return nil })
}

func (s *stage) jiraDeaf(context.Context, []string) error {
	return s.tracked(func(j *jirasim.Sim) error { j.SetWebhook("", "", nil); return nil })
}

// jiraMoves lets somebody drag the issue with that summary to another column.
func (s *stage) jiraMoves(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			card, err := findCard(j, a[0])
			if err != nil {
				return err
			}
			return j.Move(card.Key, a[1], "alice")
		})
	})
}

func (s *stage) jiraShows(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			card, err := findCard(j, a[0])
			if err == nil && !strings.EqualFold(card.Status, a[1]) {
				err = fmt.Errorf("%s is in %s", card.Key, card.Status)
			}
			return err
		})
	})
}

// jiraAssigned wants the issue with that summary to be somebody's; "nobody" is nobody.
func (s *stage) jiraAssigned(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			card, err := findCard(j, a[0])
			if who, _, _ := strings.Cut(card.Assignee.Email, "@"); err == nil && cmp.Or(who, "nobody") != a[1] {
				err = fmt.Errorf("%s is assigned to %q", card.Key, card.Assignee.Email)
			}
			return err
		})
	})
}

// jiraDue wants the issue with that summary to be due on a day, such as 2000-01-31.
func (s *stage) jiraDue(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			card, err := findCard(j, a[0])
			if err == nil && card.Due != a[1] {
				err = fmt.Errorf("%s is due %q", card.Key, card.Due)
			}
			return err
		})
	})
}

func findCard(j *jirasim.Sim, summary string) (jirasim.Card, error) {
	var seen []string
	for _, column := range j.Board().Columns {
		for _, card := range column.Cards {
			if contains(card.Summary, summary) {
				return card, nil
			}
			seen = append(seen, card.Key+" "+card.Summary)
		}
	}
	return jirasim.Card{}, fmt.Errorf("Jira has:\n%s", strings.Join(seen, "\n"))
}

func (s *stage) jiraCounts(ctx context.Context, a []string) error {
	return s.tracked(func(j *jirasim.Sim) error {
		return s.until(ctx, func() error {
			var seen []string
			for _, column := range j.Board().Columns {
				for _, card := range column.Cards {
					seen = append(seen, card.Key+" "+card.Summary)
				}
			}
			return same(a[0], len(seen), strings.Join(seen, "; "))
		})
	})
}
