using System.Collections.Immutable;

namespace Pulumi;

/// <summary>Runs a program until everything that it started has ended, or the first of it has failed.</summary>
internal sealed class Runner(DeploymentLog log)
{
    private const int FailureIsLogged = 32;
    private readonly TaskMonitor _tasks = new();

    public void RegisterTask(Task task) => _tasks.Add(task);

    public async Task RunAsync(Func<Stack> createStack)
    {
        try
        {
            var stack = createStack();
            stack.RegisterPropertyOutputs();
            RegisterTask(stack.Outputs.DataTask);
        }
        catch (Exception e)
        {
            Fail([e]);
            return;
        }

        Fail(await _tasks.IdleOrFailedAsync().ConfigureAwait(false));
    }

    private void Fail(IReadOnlyCollection<Exception> exceptions)
    {
        if (exceptions.Count == 0)
        {
            return;
        }

        foreach (var exception in exceptions)
        {
            log.Error(Describe(exception));
        }

        Environment.ExitCode = FailureIsLogged;
    }

    private static string Describe(Exception exception) => exception switch
    {
        RunException => exception.Message,
        ResourceException { HideStack: true } => exception.Message,
        ResourceException => exception.ToString(),
        _ => $"Running program '{System.Reflection.Assembly.GetEntryAssembly()?.Location}' failed with an unhandled exception:\n{exception}",
    };
}

/// <summary>Counts running tasks and collects their failures.</summary>
internal sealed class TaskMonitor
{
    private readonly Lock _lock = new();
    private readonly List<Exception> _failures = [];
    private int _running;
    private TaskCompletionSource<IReadOnlyCollection<Exception>>? _waiting;

    public void Add(Task task)
    {
        lock (_lock)
        {
            _running++;
        }

        task.ContinueWith(Complete, TaskScheduler.Default);
    }

    /// <summary>Ends when no task is running, or with the first failures, each once.</summary>
    public Task<IReadOnlyCollection<Exception>> IdleOrFailedAsync()
    {
        lock (_lock)
        {
            if (_failures.Count > 0 || _running == 0)
            {
                return Task.FromResult(Flush());
            }

            _waiting ??= new();
            return _waiting.Task;
        }
    }

    private void Complete(Task task)
    {
        lock (_lock)
        {
            _running--;
            _failures.AddRange(task.Exception?.InnerExceptions ?? []);
            if (_waiting is null || (_failures.Count == 0 && _running > 0))
            {
                return;
            }

            _waiting.SetResult(Flush());
            _waiting = null;
        }
    }

    private IReadOnlyCollection<Exception> Flush()
    {
        var failures = _failures.Distinct().ToList();
        _failures.Clear();
        return failures;
    }
}

/// <summary>The engine's log. Under mocks only errors have an effect: they fail the program.</summary>
public static class Log
{
    public static void Debug(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Info(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Warn(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Error(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => Deployment.Required.Log.Error(message);
}

/// <summary>What was logged as an error; mocks drop everything below that.</summary>
internal sealed class DeploymentLog
{
    private ImmutableList<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public void Error(string message) => ImmutableInterlocked.Update(ref _errors, (errors, added) => errors.Add(added), message);
}
