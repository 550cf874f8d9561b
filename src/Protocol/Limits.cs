namespace OpenClaw.Protocol;

/// <summary>The sizes and ranges of the API, in one place. Bytes, milliseconds and counts.</summary>
public static class Limits
{
    /// <summary>Body of a submit and of every other request of a client.</summary>
    public const int SubmitBody = 256 * 1024;
    /// <summary>Body of POST /files/write and /files/upload: the content in base64, and its envelope.</summary>
    public const int FileWriteBody = 14 * 1024 * 1024;
    /// <summary>A payload of more bytes is large: a worker fetches it when its turn comes.</summary>
    public const int LargePayload = 256 * 1024;
    /// <summary>Content of a written file, decoded.</summary>
    public const int FileContent = 10 * 1024 * 1024;
    /// <summary>Bytes of one piece of a download: what the server keeps of an output holds it whole.</summary>
    public const int DownloadPiece = 8 * 1024 * 1024;
    /// <summary>Most entries of one page of a folder.</summary>
    public const int FileEntries = 10_000;
    /// <summary>Body of a worker's session, poll, start or heartbeat.</summary>
    public const int WorkerBody = 256 * 1024;
    /// <summary>Lines of what a yes is bound to, as a worker tells them.</summary>
    public const int BoundLines = 64;
    /// <summary>Characters of one of them.</summary>
    public const int BoundLine = 500;
    /// <summary>Body of POST /worker/attempts/{id}/output.</summary>
    public const int OutputBody = 1024 * 1024;
    /// <summary>Bytes of one output chunk.</summary>
    public const int OutputChunk = 512 * 1024;
    /// <summary>Bytes of one chunk in the binary form of output.</summary>
    public const int OutputFrame = 64 * 1024;
    /// <summary>Chunks in one call.</summary>
    public const int OutputChunks = 256;
    /// <summary>A result's record without its inline output.</summary>
    public const int ResultRecord = 256 * 1024;
    /// <summary>Body of POST /worker/attempts/{id}/result: the record and one chunk's worth of inline output in base64.</summary>
    public const int ResultBody = 1024 * 1024;
    /// <summary>Body of the compatible POST /worker/result, which carries all of the output.</summary>
    public const int CompatibleResultBody = 64 * 1024 * 1024;

    /// <summary>Longest run time: 7 days.</summary>
    public const long Timeout = 604_800_000;
    /// <summary>Longest wait for a start: 30 days.</summary>
    public const long StartWithin = 2_592_000_000;
    /// <summary>Longest time between SIGTERM and SIGKILL.</summary>
    public const long KillGrace = 300_000;
    /// <summary>Shortest silence that can be told from a slow process.</summary>
    public const long MinSilence = 1_000;
    /// <summary>Longest wait of a submit or a read; a larger one is taken as this.</summary>
    public const long Wait = 300_000;
    /// <summary>Lowest limit of a task's memory: below it no program starts.</summary>
    public const long MinMemory = 1024 * 1024;
    /// <summary>Highest limit of a task's processes.</summary>
    public const int Processes = 1_000_000;
    /// <summary>Lowest limit of a task's CPU time; it is looked at so often.</summary>
    public const long MinCpu = 100;
    /// <summary>Most columns or rows of a terminal.</summary>
    public const int TerminalSide = 1_000;
    /// <summary>Most attempts.</summary>
    public const int MaxAttempts = 100;
    /// <summary>Highest priority.</summary>
    public const int Priority = 9;

    /// <summary>Characters of a URL that is told of the end.</summary>
    public const int CallbackUrl = 2_048;

    /// <summary>Longest wait of a worker's poll; a larger one is taken as this.</summary>
    public const long PollWait = 50_000;
    /// <summary>Longest wait of a compatible worker's poll; a larger one is taken as this.</summary>
    public const long CompatiblePollWait = 60_000;
    /// <summary>Most offers in one answer to a poll.</summary>
    public const int FreeSlots = 100;
    /// <summary>Most tasks of a worker at once.</summary>
    public const int MaxConcurrent = 1_000;
    /// <summary>Most attempts a worker may name in one request.</summary>
    public const int Held = 1_000;

    /// <summary>Names a worker's home had before, as its session names them.</summary>
    public const int FormerNames = 8;

    /// <summary>Earlier processes of a worker's home, as its session names them.</summary>
    public const int FormerRuns = 8;

    /// <summary>Labels a task may require, and a worker may have.</summary>
    public const int Labels = 32;
    /// <summary>Kinds a worker may run, built-in and custom ones together.</summary>
    public const int Kinds = 128;
    /// <summary>Environment variables of a task.</summary>
    public const int EnvCount = 64;
    /// <summary>Names and values of the environment together, UTF-8.</summary>
    public const int EnvBytes = 32 * 1024;
    /// <summary>Tags of a task.</summary>
    public const int Tags = 32;
    /// <summary>Characters of a tag's key.</summary>
    public const int TagKey = 64;
    /// <summary>Characters of a tag's value.</summary>
    public const int TagValue = 1024;
    /// <summary>Characters of a concurrency key.</summary>
    public const int ConcurrencyKey = 200;
    /// <summary>Characters of an Idempotency-Key.</summary>
    public const int IdempotencyKey = 255;
    /// <summary>Characters of a path.</summary>
    public const int Path = 4096;

    /// <summary>Longest page of a list.</summary>
    public const int Page = 500;
    /// <summary>Sessions of /claude/recent.</summary>
    public const int RecentSessions = 20;
    /// <summary>Tools a worker names.</summary>
    public const int Tools = 40;
    /// <summary>Characters of a fact about a worker.</summary>
    public const int Fact = 120;
    /// <summary>Custom kinds a worker may say something of.</summary>
    public const int Manifests = 64;
    /// <summary>What it says of all of them together, bytes of JSON.</summary>
    public const int ManifestBytes = 128 * 1024;
    /// <summary>Characters of a kind's description.</summary>
    public const int Description = 1000;
    /// <summary>Sessions a worker reports, of all its agents together.</summary>
    public const int ReportedSessions = 100;
    /// <summary>Most rounds of an agent's turn.</summary>
    public const int AgentTurns = 10_000;
    /// <summary>Largest budget of an agent's turn, US dollars.</summary>
    public const int AgentBudgetUsd = 100_000;
    /// <summary>Tools named in an agent's turn.</summary>
    public const int AgentTools = 100;
    /// <summary>Characters of a tool's name or rule.</summary>
    public const int AgentTool = 500;
    /// <summary>Bytes of what a client signs: payload and all, so that a signed task is never a large one.</summary>
    public const int SignedStatement = 96 * 1024;
    /// <summary>Longest time from now for which a signed task may be good: a wait for a start, and two days.</summary>
    public const long SignedFor = StartWithin + 172_800_000;
    /// <summary>Tokens of a tenant, ended ones among them.</summary>
    public const int Tokens = 10_000;
    /// <summary>People of a tenant.</summary>
    public const int People = 500;
    /// <summary>Chat identities of a person.</summary>
    public const int Identities = 16;
    /// <summary>Tokens that are listed with a person, the latest ones.</summary>
    public const int PersonTokens = 200;
    /// <summary>Tenants that are made over HTTP.</summary>
    public const int Tenants = 1_000;
    /// <summary>Longest life of a join token that is not used.</summary>
    public const long InviteLife = 900_000;
    /// <summary>Invitations of a tenant that are remembered; of more the oldest that is over is forgotten.</summary>
    public const int Invites = 500;
    /// <summary>Longest life of a token that ends: ten years.</summary>
    public const long TokenLife = 315_360_000_000;
    /// <summary>Entries of each list that a token is narrowed to.</summary>
    public const int NarrowedTo = 64;
    /// <summary>Highest rate a token can be held to, requests a minute.</summary>
    public const int RequestsPerMinute = 1_000_000;
    /// <summary>Queued tasks of a tenant.</summary>
    public const long QueuedTasks = 1_000_000;

    /// <summary>Tasks that a token may be held to have running at once.</summary>
    public const int RunningTasks = 100_000;
}
