using System.Reflection;
using OpenClaw.Worker.Tests.Attempts;
using OpenClaw.Worker.Tests.Output;
using OpenClaw.Worker.Tests.Polling;
using OpenClaw.Worker.Tests.Supervision;
using OpenClaw.Worker.Tests.Transport;

namespace OpenClaw.Worker.Tests.Faults;

/// <summary>The contract's cases that are about the worker, each with the tests that are its proof.</summary>
public sealed class WorkerFaultTable
{
    [Theory]
    [InlineData("poll answer lost", typeof(AttemptTests),
        nameof(AttemptTests.Every_answer_lost_once_and_the_command_runs_once))]
    [InlineData("start answer lost", typeof(AttemptTests),
        nameof(AttemptTests.Every_answer_lost_once_and_the_command_runs_once))]
    [InlineData("worker dies before it journalled the start", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.A_daemon_killed_before_the_servers_yes_has_run_nothing_and_the_task_runs_once_after))]
    [InlineData("worker dies after: the process survived", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.A_task_survives_its_daemon_and_the_next_one_reports_it_whole))]
    [InlineData("worker dies after: it has ended since", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.A_task_that_ended_while_no_daemon_was_there_is_reported_with_its_own_end))]
    [InlineData("worker dies after: an agent's turn", typeof(AgentRecoveryTests),
        nameof(AgentRecoveryTests.A_turn_survives_its_daemon_and_the_next_one_reports_its_answer_cost_and_session))]
    [InlineData("worker dies after: its supervisor died too", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.With_daemon_and_supervisor_killed_it_is_not_named_and_its_program_is_ended_before_the_session_opens))]
    [InlineData("worker dies after, maxAttempts above 1", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.Where_another_attempt_may_follow_it_ends_with_its_lease_though_no_daemon_is_there))]
    [InlineData("result lost, repeated", typeof(DaemonTests),
        nameof(DaemonTests.Fault_12_a_result_is_sent_until_the_server_answers_for_it))]
    [InlineData("an answer that is not provably ours: no route", typeof(FalseAnswerTests),
        nameof(FalseAnswerTests.On_no_route_of_the_link_is_a_false_answer_taken_for_one))]
    [InlineData("an answer that is not provably ours: nothing started", typeof(FalseAnswerTests),
        nameof(FalseAnswerTests.Whatever_is_answered_to_the_question_to_start_nothing_runs_before_the_servers_own_yes_and_then_once))]
    [InlineData("an answer that is not provably ours: nothing deleted", typeof(FalseAnswerTests),
        nameof(FalseAnswerTests.Whatever_is_answered_to_results_each_of_them_arrives_and_none_is_set_aside))]
    [InlineData("an answer that is not provably ours: nothing dropped", typeof(BodyLimitTests),
        nameof(BodyLimitTests.Six_million_bytes_arrive_through_what_takes_less_in_one_call))]
    [InlineData("a long poll through a proxy", typeof(CutPollTests),
        nameof(CutPollTests.A_poll_that_is_cut_twice_at_the_same_age_is_shorter_from_then_on_with_one_line_and_no_pause))]
    [InlineData("gateway dies in a long poll", typeof(DaemonTests),
        nameof(DaemonTests.A_lost_session_is_opened_again_and_what_runs_goes_on))]
    [InlineData("gateway dies in a long poll: the pauses", typeof(ReconnectDelayTests), null)]
    [InlineData("database restarted: workers run on and spool", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.What_was_printed_while_the_server_was_away_comes_whole_when_it_is_back))]
    [InlineData("laptop sleeps for hours and wakes: heartbeat first", typeof(WakeTests),
        nameof(WakeTests.On_wake_the_heartbeat_goes_first_and_no_poll_before_it_is_answered))]
    [InlineData("laptop sleeps for hours and wakes: nothing un-started runs", typeof(WakeTests),
        nameof(WakeTests.An_offer_whose_start_was_answered_before_the_sleep_is_asked_for_again_and_dropped_when_the_server_has_gone_on))]
    [InlineData("worker's disk full: no start", typeof(FullDiskTests),
        nameof(FullDiskTests.Nothing_starts_without_a_durable_journal_and_work_goes_on_when_there_is_room))]
    [InlineData("worker's disk full: a running task", typeof(FullDiskTests),
        nameof(FullDiskTests.A_running_task_goes_on_with_its_output_cut_and_marked_and_its_exit_code_is_reported))]
    [InlineData("worker upgraded while tasks run: drained", typeof(DaemonTests),
        nameof(DaemonTests.Fault_13_SIGTERM_lets_running_tasks_end_and_reports_them_and_takes_no_new_ones))]
    [InlineData("worker upgraded while tasks run: adopted", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.A_task_survives_one_daemon_after_another))]
    [InlineData("timeout or cancel: under a supervisor", typeof(SupervisedTests),
        nameof(SupervisedTests.A_timeout_ends_its_whole_tree_and_silence_too))]
    [InlineData("timeout or cancel: after an adoption", typeof(RecoveredAttemptTests),
        nameof(RecoveredAttemptTests.A_cancel_reaches_a_task_that_was_taken_up))]
    public void A_case_has_its_test(string what, Type tests, string? name)
    {
        var found = tests.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null });
        Assert.True(found.Any(method => name is null || method.Name == name), $"{what}: no test {tests.Name}.{name}");
    }
}
