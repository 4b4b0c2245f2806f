using Pulumi.Testing;

namespace Pulumi;

/// <summary>One run of a program. In the stand-in, that is always a run under <see cref="IMocks"/>.</summary>
public sealed partial class Deployment
{
    private static readonly AsyncLocal<DeploymentInstance?> Ambient = new();
    private readonly MockMonitor _monitor;
    private Stack? _stack;

    private Deployment(MockMonitor monitor, TestOptions? options)
    {
        _monitor = monitor;
        Options = options ?? new();
        Runner = new(Log);
    }

    public static DeploymentInstance Instance
        => Ambient.Value ?? throw new InvalidOperationException("Trying to acquire Deployment.Instance before 'Run' was called.");

    internal static Deployment? Current => Ambient.Value?.Deployment;

    internal static Deployment Required => Instance.Deployment;

    internal TestOptions Options { get; }

    internal DeploymentConfig Config { get; } = DeploymentConfig.FromEnvironment();

    internal DeploymentLog Log { get; } = new();

    internal Runner Runner { get; }

    internal Stack Stack
    {
        get => _stack ?? throw new InvalidOperationException("Trying to acquire Deployment.Stack before 'Run' was called.");
        set => _stack = value;
    }

    internal string StackName => Options.StackName ?? "stack";

    internal string ProjectName => Options.ProjectName ?? "project";

    internal string OrganizationName => Options.OrganizationName ?? "organization";

    internal string RootDirectory => Options.RootDirectory
        ?? throw new InvalidOperationException("The Pulumi CLI version does not support root directory. Please update the Pulumi CLI.");

    internal bool IsDryRun => Options.IsPreview ?? true;

    private static void Enter(Deployment deployment)
    {
        if (Ambient.Value is not null)
        {
            throw new InvalidOperationException("Deployment.Instance should only be set once at the beginning of a 'Run' call.");
        }

        Ambient.Value = new(deployment);
    }
}

/// <summary>The current run, as programs and resources see it.</summary>
public sealed class DeploymentInstance
{
    internal DeploymentInstance(Deployment deployment) => Deployment = deployment;

    internal Deployment Deployment { get; }

    public string StackName => Deployment.StackName;

    public string ProjectName => Deployment.ProjectName;

    public string OrganizationName => Deployment.OrganizationName;

    public string RootDirectory => Deployment.RootDirectory;

    /// <summary>Whether this is a preview. Under mocks it is, unless the options say otherwise.</summary>
    public bool IsDryRun => Deployment.IsDryRun;

    public Output<T> Invoke<T>(string token, InvokeArgs args, InvokeOptions? options = null)
        => new(Deployment.InvokeOutputAsync<T>(token, args, options));

    public Output<T> Invoke<T>(string token, InvokeArgs args, InvokeOutputOptions options)
        => new(Deployment.InvokeOutputAsync<T>(token, args, options));

    public Task<T> InvokeAsync<T>(string token, InvokeArgs args, InvokeOptions? options = null)
        => Deployment.InvokePlainAsync<T>(token, args, options);
}
