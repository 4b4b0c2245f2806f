namespace Pulumi;

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
