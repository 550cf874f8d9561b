using System.Reflection;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>
/// Grains that answer as a test says: <c>On&lt;ITaskGrain&gt;("Get", (key, args) => ...)</c>. For faults that a real cluster won't
/// show on demand. A call nobody has spoken about fails.
/// </summary>
internal sealed class FakeGrains : IGrainFactory
{
    private readonly Dictionary<(Type, string), Func<object, object?[], object?>> answers = [];
    private readonly Lock gate = new();
    private readonly List<(string Grain, string Method, object Key)> calls = [];

    /// <summary>Every call so far: interface, method, key.</summary>
    public IReadOnlyList<(string Grain, string Method, object Key)> Calls
    {
        get
        {
            lock (gate) return [.. calls];
        }
    }

    public FakeGrains On<TGrain>(string method, Func<object, object?[], object?> answer)
    {
        answers[(typeof(TGrain), method)] = answer;
        return this;
    }

    public int Count(string method)
    {
        lock (gate) return calls.Count(call => call.Method == method);
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => Make<TGrainInterface>(primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => Make<TGrainInterface>(primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => Make<TGrainInterface>(primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IAddressable GetGrain(Type grainInterfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type grainInterfaceType, IdSpan grainKey, string grainClassNamePrefix) =>
        throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable =>
        throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    /// <summary>The short way of <see cref="TaskGrains"/>, once it has learnt the ids from a real factory of another test.</summary>
    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => Make<ITaskGrain>(grainId.GetGuidKey());

    private TGrain Make<TGrain>(object key)
    {
        var grain = DispatchProxy.Create<TGrain, Proxy>();
        var proxy = (Proxy)(object)grain!;
        (proxy.Grains, proxy.Interface, proxy.Key) = (this, typeof(TGrain), key);
        return grain;
    }

    private object? Answer(Type type, string method, object key, object?[] args)
    {
        lock (gate) calls.Add((type.Name, method, key));
        return answers.TryGetValue((type, method), out var answer)
            ? answer(key, args)
            : throw new InvalidOperationException($"{type.Name}.{method} was not expected.");
    }

    internal class Proxy : DispatchProxy
    {
        public FakeGrains? Grains { get; set; }
        public Type? Interface { get; set; }
        public object? Key { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Grains!.Answer(Interface!, targetMethod!.Name, Key!, args ?? []);
    }
}
