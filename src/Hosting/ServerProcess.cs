using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Hosting;

/// <summary>What Standalone, silo and gateway have in common as processes: builder, start, "Ready", stop.</summary>
public static class ServerProcess
{
    /// <summary>Longest wait for requests and grains once stopping began. Whatever stops them in time is asked for at once.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The empty builder: no settings file of whatever folder the person stands in, no environment beyond our own. Logs go to
    /// standard error. Signals are heard by <paramref name="signals"/> alone.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string contentRoot, bool verbose, StopSignals signals)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = contentRoot });
        ConfigureLogging(builder.Logging, verbose);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(signals);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime>(signals));
        builder.WebHost.UseKestrelCore();
        return builder;
    }

    /// <summary>The builder of a process of a cluster: listens where it was told to and stops when it is signalled.</summary>
    public static WebApplicationBuilder CreateBuilder(ListenSettings listen, StopSignals signals) => CreateBuilder(listen, signals, null);

    /// <summary>The same; with certificates it serves HTTPS.</summary>
    internal static WebApplicationBuilder CreateBuilder(ListenSettings listen, StopSignals signals, ServerCertificates? certificates)
    {
        var builder = CreateBuilder(AppContext.BaseDirectory, listen.Verbose, signals);
        if (certificates is not null) builder.AddCertificates(certificates);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(listen.Address, listen.Port, certificates));
        return builder;
    }

    /// <summary>Logs of what comes before there is a host.</summary>
    public static ILoggerFactory CreateLoggerFactory(ListenSettings listen) =>
        LoggerFactory.Create(logging => ConfigureLogging(logging, listen.Verbose));

    /// <summary>
    /// Starts the server, says the one line that <paramref name="ready"/> gives, and returns when it was stopped. Between the signal
    /// and the stop lies <paramref name="notice"/>, in which readiness is denied and everything still served, so that a balancer can look.
    /// </summary>
    public static async Task ServeUntilStopped(
        WebApplication app, ListenSettings listen, StopSignals signals, TimeSpan notice, Func<Task<string>> ready)
    {
        await StartApp(app, listen, signals.Stopping);
        await Console.Out.WriteLineAsync(await ready());
        await Console.Out.FlushAsync();
        await WaitForAny(signals.Stopping, app.Lifetime.ApplicationStopping);
        if (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
            await Task.Delay(notice, app.Services.GetRequiredService<TimeProvider>());
        await app.StopAsync(StopLimit);
    }

    private static void ConfigureLogging(ILoggingBuilder logging, bool verbose)
    {
        logging.AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Error)
            // A log scope and an activity a request, of use to nobody here: what fails is logged by the gateway itself.
            .AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.None)
            // What stops a start is said by Program, once and in a sentence.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static async Task StartApp(WebApplication app, ListenSettings listen, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (OptionsValidationException error)
        {
            throw new StartupException(StartupException.Usage, string.Join('\n', error.Failures));
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw ServerPorts.CreateTakenError(listen.Address, listen.Port, "its variable");
        }
    }

    private static async Task WaitForAny(params CancellationToken[] tokens)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var token in tokens) token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), ended);
        await ended.Task;
    }
}
