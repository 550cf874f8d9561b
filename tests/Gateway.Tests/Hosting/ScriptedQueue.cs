using System.Threading.Channels;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>A queue that answers each question when the test says so, and takes note of what is given back.</summary>
internal sealed class ScriptedQueue
{
    /// <summary>How long a test waits for what has to come, before it fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Question> questions = Channel.CreateUnbounded<Question>();
    private readonly Channel<Guid[]> returned = Channel.CreateUnbounded<Guid[]>();

    public ScriptedQueue(FakeGrains grains) => grains
        .On<IQueueGrain>("Poll", (_, args) => Add(new((PollRequest)args[0]!, (CancellationToken)args[1]!)))
        .On<IQueueGrain>("Return", (_, args) =>
        {
            returned.Writer.TryWrite((Guid[])args[0]!);
            return Task.CompletedTask;
        });

    public Task<Question> Asked() => questions.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public Task<Guid[]> Returned() => returned.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private Task<PollReply> Add(Question question)
    {
        questions.Writer.TryWrite(question);
        return question.Reply;
    }

    internal sealed class Question
    {
        private readonly TaskCompletionSource<PollReply> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Question(PollRequest request, CancellationToken cancellation)
        {
            (Request, Cancellation) = (request, cancellation);
            cancellation.Register(() =>
            {
                if (HeedsCancel) Answer();
            });
        }

        public PollRequest Request { get; }
        public CancellationToken Cancellation { get; }

        /// <summary>False: its answer was under way when the cancel came.</summary>
        public bool HeedsCancel { get; set; } = true;

        public Task<PollReply> Reply => reply.Task;

        public void Answer(params Guid[] tasks) => reply.TrySetResult(new PollReply(tasks, false));

        public void Fail(Exception failure) => reply.TrySetException(failure);
    }
}
