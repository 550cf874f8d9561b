namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>All that an agent's output says of a turn, once its program has ended.</summary>
/// <param name="Answer">The turn as the agent reported it.</param>
/// <param name="ApiError">What it said last of the API; null: the model has answered since, or nothing was wrong.</param>
/// <param name="LastWords">The last lines it printed.</param>
/// <param name="LineTooLong">A line was longer than is read.</param>
internal sealed record TurnReport(TurnAnswer Answer, ModelApiError? ApiError, string LastWords, bool LineTooLong);
