using Orleans.Serialization.Invocation;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>What takes the place of a call while a silo lives that does not know it.</summary>
/// <param name="Interface">The grain's interface.</param>
/// <param name="Method">Name of the newer method.</param>
/// <param name="Make">Makes the older call with the arguments of the newer one, or does without.</param>
public sealed record OlderCall(Type Interface, string Method, Func<IOutgoingGrainCallContext, Task> Make)
{
    /// <summary>The newer method's name on the wire.</summary>
    public string Name { get; } = KnownCalls.GetWireName(
        Interface.GetMethod(Method) ?? throw new ArgumentException($"{Interface} has no {Method}."));

    /// <summary>Another call, whose answer is made into the newer one's.</summary>
    internal static OlderCall CreateInstead<TGrain, TResult>(string method, Func<TGrain, IInvokable, Task<TResult>> older)
        where TGrain : IGrain =>
        new(typeof(TGrain), method, async call => call.Response = Response.FromResult(await older((TGrain)call.Grain!, call.Request)));

    /// <summary>No call: what an older silo would say if it had been asked.</summary>
    internal static OlderCall CreateAnswer<TGrain, TResult>(string method, TResult answer) where TGrain : IGrain =>
        CreateInstead<TGrain, TResult>(method, (_, _) => Task.FromResult(answer));

    /// <summary>No call, of a method without an answer.</summary>
    internal static OlderCall CreateNothing<TGrain>(string method) where TGrain : IGrain => new(typeof(TGrain), method, call =>
    {
        call.Response = Response.Completed;
        return Task.CompletedTask;
    });
}
