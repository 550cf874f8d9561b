namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>What supervision has to say to the owner.</summary>
internal interface ISupervisionLog
{
    /// <summary>The supervisor of an attempt has gone and left no end.</summary>
    void SupervisorLost(string attempt);

    /// <summary>Supervisors of a daemon before this one can't come to it.</summary>
    void NoDoor(Exception error);
}
