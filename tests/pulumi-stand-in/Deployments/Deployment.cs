using System.Collections.Immutable;
using System.Reflection;
using Pulumi.Testing;

namespace Pulumi;

/// <summary>One run of a program. In the stand-in, that is always a run under <see cref="IMocks"/>.</summary>
public sealed partial class Deployment
{
    private const string Refusal =
        """
        error: this program was built with PulumiSdk=stand-in and does not run under Pulumi's engine.
          why: the stand-in (tests/pulumi-stand-in) only knows testing mocks. It is for compiling, testing and rehearsing the program
               where Pulumi's packages are not available; it would create nothing.
          to do: build against Pulumi's own packages: unset PulumiSdk (environment, command line and PulumiSdk.props), restore from a
               NuGet feed that carries Pulumi, Pulumi.Aws, Pulumi.Command, Pulumi.Eks and Pulumi.Kubernetes, and run `pulumi up` again.
               To see the program live without them, run `./gopherctl rehearse`.
        """;

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

    public static Task<int> RunAsync(Action action) => Refuse();

    public static Task<int> RunAsync(Func<IDictionary<string, object?>> func) => Refuse();

    public static Task<int> RunAsync(Func<Task> func) => Refuse();

    public static Task<int> RunAsync(Func<Task<IDictionary<string, object?>>> func, StackOptions? options = null) => Refuse();

    public static Task<int> RunAsync<TStack>()
        where TStack : Stack, new()
        => Refuse();

    public static Task<int> RunAsync<TStack>(IServiceProvider serviceProvider)
        where TStack : Stack
        => Refuse();

    // The exit code is set as well as returned: a program that drops the result must not look as if it had deployed.
    private static Task<int> Refuse()
    {
        Console.Error.WriteLine(Refusal);
        Environment.ExitCode = 1;
        return Task.FromResult(Environment.ExitCode);
    }

    public static Task<ImmutableArray<Resource>> TestAsync<TStack>(IMocks mocks, TestOptions? options = null)
        where TStack : Stack, new()
        => TestAsync(mocks, options, CreateUnwrapped<TStack>);

    public static Task<ImmutableArray<Resource>> TestWithServiceProviderAsync<TStack>(
        IMocks mocks, IServiceProvider serviceProvider, TestOptions? options = null)
        where TStack : Stack
        => TestAsync(mocks, options, () => serviceProvider.GetService(typeof(TStack)) as TStack ?? throw new InvalidOperationException(
            $"Failed to resolve instance of type {typeof(TStack)} from service provider. " +
            "Register the type with the service provider before calling RunAsync."));

    public static Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<Task<IDictionary<string, object?>>> createResources)
        => TestAsync(testMocks, testOptions, () => createResources().GetAwaiter().GetResult());

    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<IDictionary<string, object?>> createResources)
    {
        var resources = await TestAsync(testMocks, testOptions, () => new FunctionStack(createResources)).ConfigureAwait(false);
        return (resources.RemoveAll(resource => resource is FunctionStack), resources.OfType<FunctionStack>().Last().Outputs);
    }

    public static Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Func<Task> createResources)
        => TestAsync(testMocks, testOptions, (Action)(() => createResources().GetAwaiter().GetResult()));

    public static async Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Action createResources)
    {
        var (resources, _) = await TestAsync(testMocks, testOptions, CreateWithoutOutputs).ConfigureAwait(false);
        return resources;

        IDictionary<string, object?> CreateWithoutOutputs()
        {
            createResources();
            return new Dictionary<string, object?>();
        }
    }

    /// <exception cref="RunException">The program failed; several failures come as an <see cref="AggregateException"/>.</exception>
    private static async Task<ImmutableArray<Resource>> TestAsync(IMocks mocks, TestOptions? options, Func<Stack> createStack)
    {
        var monitor = new MockMonitor(mocks);
        var deployment = new Deployment(monitor, options);
        Enter(deployment);
        await deployment.Runner.RunAsync(createStack).ConfigureAwait(false);
        return deployment.Log.Errors switch
        {
            [] => monitor.Resources,
            [var error] => throw new RunException(error),
            var errors => throw new AggregateException(errors.Select(error => new RunException(error))),
        };
    }

    // What `new TStack()` would throw is a TargetInvocationException, not the constructor's own exception.
    private static TStack CreateUnwrapped<TStack>()
        where TStack : Stack =>
        (TStack)Activator.CreateInstance(typeof(TStack), BindingFlags.DoNotWrapExceptions, binder: null, args: null, culture: null)!;

    /// <summary>The stack around a program that is a function.</summary>
    private sealed class FunctionStack : Stack
    {
        public FunctionStack(Func<IDictionary<string, object?>> createResources) => Outputs = createResources();

        public new IDictionary<string, object?> Outputs { get; }
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
